// Pieces: the boxes with their instances, and the tags on the arrows. Elements are kept and only told what changed,
// so that focus, hover and open menus outlive an update.
import { make, redraw, say, sign } from "./signs.js";
import { balancerWords, connectionWords, edgeLabel, edgeTitle, errorsOf, errorWords, faultOf, figure, instanceLabel, kindOf, latency, markOf, reasons, stateOf, targetMark } from "./words.js";

export function serviceBox(service) {
  const name = make("span", { class: "name" }, service.name);
  const kind = make("span", { class: "kind" }, kindOf(service));
  const title = make("div", { class: "title" }, sign(service.kind), name, kind);
  const cards = make("div", { class: "cards" });
  const element = make("section", { class: "box", "data-kind": service.kind, "data-service": service.name, "aria-label": `service ${service.name}` }, title, cards);
  return { element, cards, kind, shown: new Map() };
}

export function placeBox(box, { x, y, width, height }, columns) {
  Object.assign(box.element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  box.cards.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
}

export function updateBox(box, service, open) {
  const names = service.instances.map((instance) => instance.name);
  say(box.kind, service.folded ?? kindOf(service));
  attribute(box.element, "aria-label", `service ${service.name}${service.spoken ? `, ${service.spoken}` : ""}`);
  for (const [name, card] of box.shown) {
    if (names.includes(name)) continue;
    card.element.remove();
    box.shown.delete(name);
  }
  for (const instance of service.instances) {
    if (!box.shown.has(instance.name)) {
      const card = instanceCard(instance, open);
      box.shown.set(instance.name, card);
      box.cards.append(card.element);
    }
    updateCard(box.shown.get(instance.name), instance);
  }
}

function instanceCard(instance, open) {
  const mark = sign("ring", "wait");
  const state = make("span", { class: "state" });
  const again = make("span", { class: "again" });
  const probes = make("span", { class: "probes" }), targets = make("span", { class: "targets" });
  const element = make("button", { type: "button", class: "card", "data-instance": instance.name, "aria-haspopup": "menu", "aria-expanded": "false" },
    mark, make("span", { class: "name" }, instance.name), again, state, probes, targets);
  element.addEventListener("click", () => open(element, { kind: "instance", name: instance.name }));
  return { element, mark, state, again, probes, targets, shown: new Map() };
}

// Small marks in one line of a card: of probes by their kind, of targets by their balancer.
function updateMarks(card, line, things, { by, kind, told }) {
  card[line].hidden = !things.length;
  for (const thing of things) {
    const key = `${kind} ${thing[by]}`;
    if (!card.shown.has(key)) {
      const mark = sign("ring", "off"), words = make("span", {});
      card.shown.set(key, { mark, words, element: make("span", { class: kind, [`data-${kind}`]: thing[by] }, mark, words) });
      card[line].append(card.shown.get(key).element);
    }
    const shown = card.shown.get(key), { sign: name, tone, words } = told(thing);
    redraw(shown.mark, name, tone);
    say(shown.words, words);
  }
}

function updateCard(card, instance) {
  const state = stateOf(instance);
  card.element.dataset.state = instance.state;
  card.element.dataset.ready = String(Boolean(instance.ready));
  card.element.dataset.tone = state.tone;
  redraw(card.mark, state.sign, state.tone);
  say(card.state, state.words);
  say(card.again, instance.restarts ? `↻ ${instance.restarts}` : "");
  updateMarks(card, "probes", instance.probes ?? [], { by: "kind", kind: "probe", told: markOf });
  updateMarks(card, "targets", instance.targets ?? [], { by: "balancer", kind: "target", told: targetMark });
  attribute(card.element, "title", instance.why ? `${instance.name}: ${instance.why}` : instance.name);
  attribute(card.element, "aria-label", instanceLabel(instance));
}

export function edgeTag(edge, key, open) {
  if (edge.protocol === "pod") return { element: make("span", { class: "bond", "data-bond": key, title: `${edge.caller} and ${edge.callee} share one network` }, "localhost") };
  const parts = Object.fromEntries(["rate", "flight", "latency", "errors"].map((part) => [part, make("span", { class: part })]));
  const fault = make("span", { class: "fault", hidden: "" });
  const via = edge.balancer ? make("span", { class: "via" }, edge.balancer) : null;
  const element = make("button", { type: "button", class: "tag", "data-edge": key, "data-protocol": edge.protocol, "aria-haspopup": "dialog", "aria-expanded": "false" },
    ...Object.values(parts), fault, ...(via ? [via] : []));
  element.addEventListener("click", () => open(element, { kind: "edge", name: key }));
  return { element, fault, ...parts };
}

export function placeTag(tag, { x, y, width, height }) {
  Object.assign(tag.element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
}

export function updateTag(tag, edge) {
  if (edge.protocol === "pod") return;
  if (edge.rps == null) say(tag.rate, connectionWords(edge));
  else {
    say(tag.rate, `${figure(edge.rps)}/s`);
    say(tag.flight, edge.in_flight ? `${figure(edge.in_flight)} in flight` : "");
    say(tag.latency, latency(edge.p50_ms, edge.p99_ms));
    say(tag.errors, errorWords(edge));
  }
  tag.element.dataset.failing = String(Boolean(edge.error_rps));
  tag.element.dataset.failed = String(errorsOf(edge) > 0);
  tag.element.dataset.fault = edge.fault?.kind ?? "none";
  attribute(tag.element, "title", [edgeTitle(edge), balancerWords(edge), reasons(edge)].filter(Boolean).join("\n"));
  attribute(tag.element, "aria-label", edgeLabel(edge));
  updateFault(tag, faultOf(edge.fault));
}

function updateFault(tag, fault) {
  tag.fault.hidden = !fault;
  if (!fault || tag.fault.dataset.words === fault.words + fault.kind) return;
  tag.fault.dataset.words = fault.words + fault.kind;
  tag.fault.replaceChildren(sign(fault.sign), make("span", {}, fault.words));
}

export function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
