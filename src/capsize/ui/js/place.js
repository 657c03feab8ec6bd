// Place: coordinates for a plan. Left to right where that fits the width; else top to bottom, wrapped.
import { neighbours } from "./order.js";
import { apart, plan } from "./plan.js";
import { route } from "./route.js";

const EDGE = 5; // room at the picture's rim, for focus rings
const STEP = { least: 20, most: 64, upright: 38 };

export function arrange(snapshot, width) {
  const flat = plan(snapshot, false, Infinity);
  const inner = width - 2 * EDGE;
  if (extent(flat.rows, STEP.least) <= inner) return picture(flat, false, stretched(flat.rows, inner), Infinity, width);
  return picture(plan(snapshot, true, inner), true, STEP.upright, inner, width);
}

const thickness = (row) => Math.max(0, ...row.map((item) => item.main));
const extent = (rows, step) => rows.reduce((sum, row) => sum + thickness(row), 0) + step * Math.max(0, rows.length - 1);

function stretched(rows, width) {
  const spare = (width - extent(rows, 0)) / Math.max(1, rows.length - 1);
  return Math.max(STEP.least, Math.min(STEP.most, spare));
}

function picture({ rows, wires, boxes }, upright, step, limit, width) {
  const chains = wires.map((wire) => wire.chain);
  across(rows, chains, limit);
  along(rows, step);
  const low = Math.min(...rows.flat().map((item) => item.at - item.cross / 2));
  const size = { main: extent(rows, step), cross: Math.max(...rows.flat().map((item) => item.at + item.cross / 2)) - low };
  const shift = { main: upright ? EDGE : Math.max(EDGE, (width - size.main) / 2), cross: upright ? Math.max(EDGE, (width - size.cross) / 2) - low : EDGE - low };
  const move = (item) => { item.at += shift.cross; item.begin += shift.main; item.end += shift.main; item.row = { begin: item.row.begin + shift.main, end: item.row.end + shift.main }; };
  rows.flat().forEach(move);
  return {
    upright,
    width: Math.max(width, (upright ? size.cross : size.main) + 2 * EDGE),
    height: (upright ? size.main : size.cross) + 2 * EDGE,
    boxes: new Map([...boxes].map(([name, item]) => [name, rectangle(item, upright)])),
    wires: new Map(wires.map((wire) => [wire.key, { tag: rectangle(wire.tag, upright), ...route(wire, wires, upright) }])),
  };
}

function rectangle(item, upright) {
  const main = item.begin, cross = item.at - item.cross / 2;
  return { x: upright ? cross : main, y: upright ? main : cross, width: item.width, height: item.height };
}

// Along the flow: a row after a row.
function along(rows, step) {
  let begin = 0;
  for (const row of rows) {
    const end = begin + thickness(row);
    for (const item of row) {
      item.begin = begin + (item.kind === "bend" ? 0 : (end - begin - item.main) / 2);
      item.end = item.kind === "bend" ? end : item.begin + item.main;
      item.row = { begin, end };
    }
    begin = end + step;
  }
}

// Across the flow: every item as near to its neighbours as its row allows.
function across(rows, chains, limit) {
  const before = neighbours(chains, -1), after = neighbours(chains, 1);
  const both = new Map(rows.flat().map((item) => [item, [...(before.get(item) ?? []), ...(after.get(item) ?? [])]]));
  rows.forEach((row) => pack(row, limit));
  for (let round = 0; round < 4; round += 1) {
    rows.forEach((row) => align(row, before, limit));
    rows.toReversed().forEach((row) => align(row, after, limit));
  }
  for (let round = 0; round < 48; round += 1) rows.forEach((row) => align(row, both, limit));
  rows.forEach((row) => straighten(row, before, limit));
}

// An arrow that passes rows goes straight until it must turn: its bends follow what comes before them.
function straighten(row, before, limit) {
  const isBend = (item) => item.kind === "bend";
  if (row.some(isBend)) settleRow(row, row.map((item) => (isBend(item) ? before.get(item)[0].at : item.at)), limit, (item) => (isBend(item) ? 1 : 1000));
}

function pack(row, limit) {
  const wish = limit === Infinity ? 0 : limit / 2;
  settleRow(row, row.map(() => wish), limit);
}

function align(row, near, limit) {
  const wishes = row.map((item) => {
    const others = near.get(item) ?? [];
    return others.length ? others.reduce((sum, other) => sum + other.at, 0) / others.length : item.at;
  });
  settleRow(row, wishes, limit);
}

// The least squares answer to "near the wishes, in this order, this far apart": pool adjacent violators.
function settleRow(row, wishes, limit, weigh = (item) => (item.kind === "bend" ? 3 : 1)) {
  let offset = 0;
  const offsets = row.map((item, index) => (offset += index ? apart(row[index - 1], item) : 0));
  const pools = [];
  row.forEach((item, index) => {
    const weight = weigh(item);
    pools.push({ sum: weight * (wishes[index] - offsets[index]), weight, count: 1 });
    while (pools.length > 1 && mean(pools.at(-2)) >= mean(pools.at(-1))) {
      const last = pools.pop(), previous = pools.at(-1);
      previous.sum += last.sum; previous.weight += last.weight; previous.count += last.count;
    }
  });
  const lowest = row[0].cross / 2, highest = limit - row.at(-1).cross / 2 - offset;
  const places = pools.flatMap((pool) => Array(pool.count).fill(mean(pool)));
  const bounded = (place) => (limit === Infinity ? place : Math.max(lowest, Math.min(highest, place)));
  row.forEach((item, index) => { item.at = bounded(places[index]) + offsets[index]; });
}

const mean = (pool) => pool.sum / pool.weight;
