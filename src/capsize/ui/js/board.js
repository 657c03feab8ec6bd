// The board: a stack's picture, live. It draws what the model's `picture` holds ({snapshot, notices, log}) and sends back what
// the learner does ({do, who | edge, …}). It asks nothing of the network, and says so when the figures are old.
import { failures } from "./failures.js";
import { folded, isFolded } from "./fold.js";
import { menu } from "./menu.js";
import { motion } from "./motion.js";
import { attribute, edgeTag, placeBox, placeTag, serviceBox, updateBox, updateTag } from "./pieces.js";
import { arrange } from "./place.js";
import { columnsFor, keyOf, linesOf } from "./plan.js";
import { scaffold } from "./scaffold.js";
import { make, redraw, say, sign } from "./signs.js";
import { drawWires, edgesOf, updateWire } from "./wires.js";
import { statusOf } from "./words.js";

const OLD = 3000, NARROWEST = 320, RIM = 22, LARGE = 1.5; // RIM: what lies left and right of the picture

function render({ model, el }) {
  const parts = scaffold(el, (who, at) => act(board, { do: "log", who, ...(at == null ? {} : { at }) }), () => model.send({ do: "stay" }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const board = { model, parts, boxes: new Map(), tags: new Map(), wires: new Map(), closed: new Set(), signature: "", layout: null, failures: failures(), chosen: null, heard: performance.now(), snapshot: {} };
  board.menu = menu(parts.root, (message) => act(board, message));
  parts.fold.addEventListener("click", () => { board.chosen = parts.fold.getAttribute("aria-pressed") !== "true"; update(board); });
  parts.present.addEventListener("click", () => present(board));
  board.motion = motion(parts.canvas, () => calm.matches || document.hidden);
  const heard = () => { board.heard = performance.now(); update(board); };
  const resized = new ResizeObserver(() => update(board));
  const clock = setInterval(() => age(board), 500);
  const awake = () => update(board);
  model.on("change:picture", heard);
  document.addEventListener("visibilitychange", awake);
  calm.addEventListener("change", awake);
  resized.observe(parts.root);
  update(board);
  return () => {
    clearInterval(clock);
    resized.disconnect();
    board.motion.stop();
    board.menu.stop();
    model.off("change:picture", heard);
    document.removeEventListener("visibilitychange", awake);
    calm.removeEventListener("change", awake);
  };
}

function present(board) {
  const { root, present: button } = board.parts, large = root.dataset.size !== "large";
  root.dataset.size = large ? "large" : "usual";
  button.setAttribute("aria-pressed", String(large));
  update(board);
}

const isOld = (board) => performance.now() - board.heard > OLD && board.snapshot.state !== "down";

function act(board, message) {
  if (isOld(board)) warn(board, `not connected: "${message.do}" was not sent`);
  else board.model.send(message);
}

function update(board) {
  const { snapshot = {}, notices = [], log } = board.model.get("picture") ?? {};
  board.snapshot = { ...snapshot, edges: edgesOf(snapshot) };
  board.failures.take(snapshot);
  if (snapshot.services?.length) layOut(board);
  if (board.layout) { // a view that has no width yet has none
    board.shown.forEach((service) => updateBox(board.boxes.get(service.name), service, opener(board)));
    board.edges.forEach((edge, key) => { updateTag(board.tags.get(key), edge); updateWire(board.wires.get(key), edge); });
  }
  header(board);
  board.parts.matched.show(snapshot.rules ?? []);
  board.parts.waiting.show(snapshot.queues ?? []);
  board.parts.log.show(snapshot.timeline ?? [], namesOf(snapshot));
  board.parts.lines.show(log);
  notices.filter(({ id }) => !board.closed.has(id)).forEach(({ id, words }) => notice(board, id, words));
  age(board);
}

function header({ parts, snapshot }) {
  const { tone, sign: name, words } = statusOf(snapshot);
  say(parts.name, snapshot.stack ?? "no stack");
  attribute(parts.root, "aria-label", `board of ${snapshot.stack ?? "no stack"}`);
  redraw(parts.mark, name, tone);
  say(parts.words, words);
}

const namesOf = ({ services = [] }) => services.flatMap(({ instances }) => instances.map(({ name }) => name));

// Lay out anew only when the wiring, the number of instances or the width changes.
function layOut(board) {
  const { services: all, edges } = board.snapshot, { root, fold } = board.parts;
  const zoom = root.dataset.size === "large" ? LARGE : 1;
  const width = Math.max(NARROWEST, Math.floor(root.clientWidth / zoom) - RIM);
  const tall = arrange({ services: all, edges }, width).height * zoom;
  const isSmall = isFolded(board.chosen, tall, globalThis.innerHeight);
  const services = isSmall ? all.map(folded) : all;
  board.shown = services;
  fold.setAttribute("aria-pressed", String(isSmall));
  root.dataset.folded = String(isSmall);
  board.edges = new Map(edges.map((edge, index) => [keyOf(edges, index), edge]));
  const signature = JSON.stringify([width, zoom, isSmall, services.map((each) => [each.name, each.instances.length, linesOf(each)]), [...board.edges.keys()]]);
  if (signature === board.signature || !root.clientWidth) return;
  board.signature = signature;
  board.layout = arrange({ services, edges }, width);
  Object.assign(board.parts.stage.style, { width: `${board.layout.width}px`, height: `${board.layout.height}px` });
  board.parts.root.dataset.flow = board.layout.upright ? "down" : "right";
  board.wires = drawWires(board.parts.svg, board.layout, (key) => board.tags.get(key)?.element.click());
  board.motion.place(board.layout);
  placeAll(board);
}

function placeAll(board) {
  const { stage } = board.parts, services = board.shown;
  renew(board.boxes, services.map(({ name }) => name), (name) => serviceBox(services.find((each) => each.name === name)));
  renew(board.tags, [...board.edges.keys()], (key) => edgeTag(board.edges.get(key), key, opener(board)));
  services.forEach((service) => placeBox(board.boxes.get(service.name), board.layout.boxes.get(service.name), columnsFor(service.instances.length, board.layout.upright)));
  board.tags.forEach((tag, key) => placeTag(tag, board.layout.wires.get(key).tag));
  const pieces = [...board.boxes.values(), ...board.tags.values()];
  const flow = board.layout.upright ? ["top", "left"] : ["left", "top"];
  const before = (a, b) => flow.map((side) => parseFloat(a.element.style[side]) - parseFloat(b.element.style[side])).find(Boolean) ?? 0;
  const wanted = pieces.toSorted(before).map((piece) => piece.element);
  const shown = [...stage.children].slice(2);
  if (wanted.some((element, index) => element !== shown[index])) stage.append(...wanted);
}

function renew(kept, keys, build) {
  for (const [key, { element }] of kept) if (!keys.includes(key)) { element.remove(); kept.delete(key); }
  for (const key of keys) if (!kept.has(key)) kept.set(key, build(key));
}

function opener(board) {
  return (anchor, target) => {
    const instances = board.snapshot.services.flatMap((service) => service.instances);
    const thing = target.kind === "edge" ? board.edges.get(target.name) : instances.find(({ name }) => name === target.name);
    if (thing) board.menu.show(anchor, { ...target, failures: board.failures.of(thing.name) }, thing);
  };
}

// Old figures are said to be old: the kernel is gone, or does not get round to sending.
function age(board) {
  const { parts, snapshot } = board;
  const old = isOld(board), down = snapshot.state === "down";
  const seconds = Math.round((performance.now() - board.heard) / 1000);
  const again = board.model.get("again") ?? "Run the cells that start it and show its board again.";
  parts.root.dataset.live = down ? "down" : old ? "old" : "yes";
  parts.banner.hidden = !(old || down);
  if (down) say(parts.banner, snapshot.stack ? `The stack is down. ${again}` : `No stack is up. ${again}`);
  else if (old) say(parts.banner, `Not connected: figures are ${seconds} s old. Was the kernel restarted? Then run the cells from the top.`);
  board.motion.show(board.edges ?? new Map(), !old && !down);
}

const warn = (board, words) => notice(board, `here ${words} ${Math.floor(performance.now())}`, words);

function notice(board, id, words) {
  if ([...board.parts.notices.children].some((shown) => shown.dataset.id === String(id))) return;
  const away = make("button", { type: "button", class: "away", "aria-label": "dismiss" }, sign("close"));
  const line = make("div", { class: "notice", "data-id": id }, sign("alarm", "bad"), make("pre", {}, words), away);
  away.addEventListener("click", () => { board.closed.add(id); line.remove(); });
  board.parts.notices.append(line);
}

export default { render };
