// Plan: rows of boxes, tags and bends. A tag is an arrow's label and has a place of its own in the row between two rows
// of boxes; where an arrow passes a row it gets a bend there. So no arrow runs through a box and no label over another.
import { forward, ranks, untangle } from "./order.js";

const CARD = 46, LINE = 16, GAP = 6, PAD = 10, TITLE = 36; // as in board.css
const FOLDED = 190; // how wide a folded box is
const MARGIN = { box: 13, tag: 13, bend: 7 };
const KINDS = { tcp: "wire", pod: "bond" };
const FLOW = { tag: 140, wire: 106, bond: 74 }; // how wide a tag is: of requests, of connections, of a pod
const TALL = { tag: 62, wire: 28, bond: 18 };

export function columnsFor(count, upright) {
  if (upright) return Math.max(1, Math.min(3, Math.ceil(count / 2)));
  return Math.max(1, Math.ceil(count / 4));
}

// The lines of marks that a service's cards have below their state: of probes, of targets.
export const linesOf = (service) => ["probes", "targets"].filter((line) => service.instances.some((each) => each[line]?.length)).length;

export function boxSize(service, upright) {
  if (service.kind === "outside") return { width: 112, height: 50 };
  if (service.folded && !service.instances.length) return { width: FOLDED, height: TITLE };
  const columns = columnsFor(service.instances.length, upright);
  const rows = Math.max(1, Math.ceil(service.instances.length / columns));
  const card = linesOf(service) ? 190 : columns > 1 ? 148 : 146;
  const tall = CARD + LINE * linesOf(service);
  return { width: 2 * PAD + columns * card + (columns - 1) * GAP, height: TITLE + rows * tall + (rows - 1) * GAP + PAD };
}

export const tagSize = (edge) => {
  const kind = KINDS[edge.protocol] ?? "tag";
  return { width: FLOW[kind], height: TALL[kind] };
};

// Rows that fit `limit` across. Splitting a row adds bends, which need room too, so the limit tightens until all fit.
export function plan(snapshot, upright, limit) {
  for (let room = limit; ; room -= 30) {
    const made = rowsWithin(snapshot, upright, room);
    if (limit === Infinity || room < limit / 2 || made.rows.every((row) => span(row) <= limit)) return made;
  }
}

function rowsWithin(snapshot, upright, room) {
  const names = snapshot.services.map((service) => service.name);
  const edges = snapshot.edges.filter((edge) => names.includes(edge.caller) && names.includes(edge.callee));
  const links = forward(names, edges);
  const rank = ranks(names, links);
  const item = (kind, key, { width, height }) => ({ kind, key, width, height, cross: upright ? width : height, main: upright ? height : width });
  const boxes = new Map(snapshot.services.map((each) => [each.name, item("box", each.name, boxSize(each, upright))]));
  const wires = links.map((link, index) => ({ ...link, key: keyOf(edges, index), tag: item("tag", keyOf(edges, index), tagSize(link.edge)) }));
  const chains = wires.map(({ from, to, tag }) => [boxes.get(from), tag, boxes.get(to)]);
  let rows = rowsByRank(names, rank, boxes, wires);
  untangle(rows, chains);
  rows = rows.flatMap((row) => split(row, room)).filter((row) => row.length);
  const bent = chains.map((chain) => bend(chain, rows));
  untangle(rows, bent);
  return { rows, wires: wires.map((wire, index) => ({ ...wire, chain: bent[index] })), boxes };
}

function rowsByRank(names, rank, boxes, wires) {
  const last = Math.max(0, ...rank.values());
  return Array.from({ length: last + 1 }, (_, each) => [
    names.filter((name) => rank.get(name) === each).map((name) => boxes.get(name)),
    wires.filter(({ from }) => rank.get(from) === each).map(({ tag }) => tag),
  ]).flat();
}

// Two wires may join the same pair (two ports); the second one's key says so.
export function keyOf(edges, index) {
  const same = edges.slice(0, index).filter((edge) => edge.name === edges[index].name).length;
  return same ? `${edges[index].name}#${same + 1}` : edges[index].name;
}

function split(row, room) {
  const parts = [];
  const least = Math.ceil(span(row) / room);
  const fair = Math.ceil(row.length / Math.max(1, least));
  for (const item of row) {
    const part = parts.at(-1);
    if (!part || part.length >= fair || span([...part, item]) > room) parts.push([item]);
    else part.push(item);
  }
  return parts;
}

function bend(chain, rows) {
  const at = (item) => rows.findIndex((row) => row.includes(item));
  return chain.flatMap((item, index) => {
    if (!index) return [item];
    const passed = rows.slice(at(chain[index - 1]) + 1, at(item));
    return [...passed.map((row) => pass(row)), item];
  });
}

function pass(row) {
  const bent = { kind: "bend", cross: 2, main: 0 };
  row.push(bent);
  return bent;
}

export const apart = (a, b) => (a.cross + b.cross) / 2 + MARGIN[a.kind] + MARGIN[b.kind];

export const span = (row) => row.reduce((sum, item) => sum + item.cross + 2 * MARGIN[item.kind], 0);
