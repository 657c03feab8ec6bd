// Motion: requests as dots along the arrows, on one canvas. Up to 8 requests a second each has its dot; above that the
// density grows slowly. A request that fails becomes a cross; on a cut arrow it ends at the cut. Nothing moves without traffic,
// out of sight, or where the reader prefers stillness.
import { pointAt } from "./route.js";

const FRAME = 1000 / 30, SPEED = 165, LONGEST = 3, MOST = 16;

export const density = (rps) => (rps <= 8 ? rps : Math.min(MOST, 8 + 2 * Math.log2(rps / 8)));

export function motion(canvas, still) {
  const flow = { canvas, still, wires: new Map(), edges: new Map(), dots: [], debts: new Map(), running: 0, before: 0, seen: true };
  const sight = new IntersectionObserver((entries) => { flow.seen = entries.at(-1).isIntersecting; wake(flow); });
  sight.observe(canvas);
  const stop = () => { sight.disconnect(); cancelAnimationFrame(flow.running); flow.running = 0; };
  return { flow, stop, show: (edges, moving) => show(flow, edges, moving), place: (layout) => placeCanvas(flow, layout) };
}

function show(flow, edges, moving) {
  flow.edges = moving ? edges : new Map();
  if (!moving) flow.dots.length = 0;
  wake(flow);
}

function placeCanvas(flow, layout) {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  flow.ratio = ratio;
  flow.wires = layout.wires;
  flow.dots.length = 0;
  Object.assign(flow.canvas, { width: layout.width * ratio, height: layout.height * ratio });
  Object.assign(flow.canvas.style, { width: `${layout.width}px`, height: `${layout.height}px` });
}

const busy = (flow) => flow.dots.length > 0 || [...flow.edges.values()].some((edge) => edge.rps > 0);

function wake(flow) {
  if (flow.running || !flow.seen || flow.still()) return;
  flow.before = 0;
  flow.running = requestAnimationFrame((now) => frame(flow, now));
}

function frame(flow, now) {
  const wanted = flow.seen && !flow.still() && busy(flow);
  if (wanted && now - flow.before >= FRAME - 2) {
    const passed = flow.before ? Math.min(0.25, (now - flow.before) / 1000) : 0;
    flow.before = now;
    for (const [key, edge] of flow.edges) send(flow, key, edge, passed);
    advance(flow, passed);
  } else if (!wanted) clear(flow);
  flow.canvas.dataset.dots = String(flow.dots.length);
  flow.running = wanted ? requestAnimationFrame((next) => frame(flow, next)) : 0;
}

function send(flow, key, edge, passed) {
  if (!edge.rps || !flow.wires.has(key)) return;
  let debt = (flow.debts.get(key) ?? 1) + density(edge.rps) * passed;
  const failing = Math.min(1, (edge.error_rps ?? 0) / edge.rps);
  for (; debt >= 1; debt -= 1) flow.dots.push({ key, at: 0, cut: edge.fault?.kind === "cut", fails: Math.random() < failing, speed: speedOf(flow.wires.get(key), edge) });
  flow.debts.set(key, debt);
}

// A slow arrow looks slow: its median is added to the time of travel.
function speedOf(wire, edge) {
  const time = wire.length / SPEED + Math.min(LONGEST, (edge.p50_ms ?? 0) / 1000) * 1.5;
  return (wire.length / time) * (0.96 + 0.08 * Math.random());
}

function advance(flow, passed) {
  const pen = clear(flow);
  const styles = getComputedStyle(flow.canvas);
  const good = styles.getPropertyValue("--good"), bad = styles.getPropertyValue("--bad");
  flow.dots = flow.dots.filter((dot) => {
    const wire = flow.wires.get(dot.key);
    dot.at += dot.speed * passed;
    const end = dot.cut ? Math.max(10, wire.tagAt - 8) : wire.length;
    if (dot.at >= end) return false;
    const lost = (dot.cut && dot.at > end - 22) || (dot.fails && dot.at > wire.tagAt);
    mark(pen, pointAt(wire, dot.at), lost, lost ? bad : good);
    return true;
  });
}

function clear(flow) {
  const pen = flow.canvas.getContext("2d");
  pen.setTransform(flow.ratio ?? 1, 0, 0, flow.ratio ?? 1, 0, 0);
  pen.clearRect(0, 0, flow.canvas.width, flow.canvas.height);
  return pen;
}

function mark(pen, [x, y], lost, colour) {
  pen.beginPath();
  if (lost) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.8;
    pen.moveTo(x - 3.2, y - 3.2); pen.lineTo(x + 3.2, y + 3.2);
    pen.moveTo(x + 3.2, y - 3.2); pen.lineTo(x - 3.2, y + 3.2);
    pen.stroke();
  } else {
    pen.fillStyle = colour;
    pen.arc(x, y, 3.1, 0, 2 * Math.PI);
    pen.fill();
  }
}
