// Route: an arrow's path through its chain of places, as a curve to draw and as points for its requests to follow.

const PORT = 18, GRAIN = 8;
const STUB = 8, TIP = 6; // an arrow meets its box straight, and its line ends inside the tip

export function route(wire, wires, upright) {
  const chain = wire.chain;
  const crossAt = (item, index) => item.at + (item.kind === "box" ? port(item, wire, wires, index === 0) : 0);
  const pieces = [];
  let at = null;
  chain.forEach((item, index) => {
    const cross = crossAt(item, index);
    const first = index === 0, last = index === chain.length - 1;
    const begin = { main: item.row.begin - (last ? STUB : 0), cross }, end = { main: item.row.end + (first ? STUB : 0), cross };
    if (first) at = { main: item.end + (wire.turned ? TIP : 0), cross };
    else {
      pieces.push({ kind: "curve", from: at, to: begin });
      at = begin;
    }
    if (item.kind === "tag") {
      pieces.push(line(at, { main: item.begin, cross }), { ...line({ main: item.begin, cross }, { main: item.end, cross }), tag: true });
      at = { main: item.end, cross };
    }
    const stop = last ? { main: item.begin - (wire.turned ? 0 : TIP), cross } : end;
    pieces.push(line(at, stop));
    at = stop;
  });
  return { ...drawn(wire.turned ? turned(pieces) : pieces, upright), heading: headingOf(wire, upright) };
}

const headingOf = ({ turned: back }, upright) => (upright ? [0, back ? -1 : 1] : [back ? -1 : 1, 0]);

const line = (from, to) => ({ kind: "line", from, to });

const turned = (pieces) => pieces.toReversed().map((piece) => ({ ...piece, from: piece.to, to: piece.from }));

// Arrows leave and meet a box side by side, in the order of where they go.
function port(box, wire, wires, leaving) {
  const side = wires.filter(({ chain }) => (leaving ? chain[0] : chain.at(-1)) === box);
  const other = ({ chain }) => (leaving ? chain[1] : chain.at(-2)).at;
  const sorted = side.toSorted((a, b) => other(a) - other(b));
  const step = Math.min(PORT, (box.cross - 24) / Math.max(1, side.length));
  return (sorted.indexOf(wire) - (side.length - 1) / 2) * step;
}

function drawn(pieces, upright) {
  const xy = ({ main, cross }) => (upright ? [cross, main] : [main, cross]);
  const real = pieces.filter(({ from, to }) => from.main !== to.main || from.cross !== to.cross);
  const points = [xy(real[0].from)];
  let tagAt = 0;
  for (const piece of real) {
    if (piece.tag) tagAt = points.length - 1;
    for (let step = 1; step <= GRAIN; step += 1) points.push(xy(follow(piece, step / GRAIN)));
  }
  const lengths = [0];
  points.forEach((point, index) => { if (index) lengths.push(lengths[index - 1] + Math.hypot(point[0] - points[index - 1][0], point[1] - points[index - 1][1])); });
  return { points, lengths, length: lengths.at(-1), tagAt: lengths[tagAt], path: pathOf(real, xy) };
}

function follow({ kind, from, to }, t) {
  const cross = kind === "line" ? t : t * t * (3 - 2 * t);
  const main = kind === "line" ? t : 1.5 * t * (1 - t) + t * t * t;
  return { main: from.main + (to.main - from.main) * main, cross: from.cross + (to.cross - from.cross) * cross };
}

function pathOf(pieces, xy) {
  const words = (point) => xy(point).map((number) => number.toFixed(1)).join(" ");
  return pieces.map((piece, index) => {
    const start = index ? "" : `M${words(piece.from)}`;
    if (piece.kind === "line") return `${start}L${words(piece.to)}`;
    const middle = (piece.from.main + piece.to.main) / 2;
    const first = { main: middle, cross: piece.from.cross }, second = { main: middle, cross: piece.to.cross };
    return `${start}C${words(first)} ${words(second)} ${words(piece.to)}`;
  }).join("");
}

export function pointAt(wire, distance) {
  const { points, lengths } = wire;
  let low = 0, high = lengths.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lengths[middle] <= distance) low = middle; else high = middle;
  }
  const part = (distance - lengths[low]) / Math.max(1e-6, lengths[high] - lengths[low]);
  return [points[low][0] + (points[high][0] - points[low][0]) * part, points[low][1] + (points[high][1] - points[low][1]) * part];
}
