// Menu: what may be done to an instance or an arrow. Opens by click, Enter or Space; arrow keys move, Escape closes and
// gives the focus back. It lies in the page's top layer, so a notebook's output never clips it.
import { failureWords } from "./failures.js";
import { make, sign } from "./signs.js";
import { balancerWords, edgeTitle, errorWords, faultOf, movedWords, reasons, stateOf, stickyWords } from "./words.js";

const ON_INSTANCE = [
  ["kill", "kill", "Kill", "SIGKILL: no time to finish", (state) => !["stopped", "crashed", "back-off", "CrashLoopBackOff"].includes(state)],
  ["stop", "square", "Stop", "asked politely, and stays down", (state) => !["stopped", "stopping", "Terminating"].includes(state)],
  ["pause", "pause", "Pause", "hangs: alive, answers nothing", (state) => state === "running"],
  ["resume", "play", "Resume", "goes on where it hung", (state) => state === "paused"],
  ["restart", "again", "Restart", "stopped, and started anew", () => true],
  ["log", "lines", "Log", "its last lines, live", () => true],
];

export function menu(root, act) {
  const element = make("div", { class: "menu", popover: "manual", tabindex: "-1" });
  const open = { element, target: null, anchor: null };
  root.append(element);
  const hide = (refocus) => close(open, refocus);
  element.addEventListener("keydown", (event) => keys(event, open, hide));
  const outside = (event) => { if (open.target && !element.contains(event.target) && !open.anchor.contains(event.target)) hide(false); };
  document.addEventListener("pointerdown", outside, true);
  const sent = (message) => { hide(true); act(message); };
  return {
    open,
    hide,
    show: (anchor, target, thing) => (open.anchor === anchor ? hide(true) : show(open, anchor, target, thing, sent)),
    stop: () => document.removeEventListener("pointerdown", outside, true),
  };
}

function show(open, anchor, target, thing, sent) {
  close(open, false);
  const instance = target.kind === "instance";
  open.element.setAttribute("role", instance ? "menu" : "dialog");
  open.element.setAttribute("aria-label", instance ? `actions on ${thing.name}` : `actions on the arrow from ${thing.caller} to ${thing.callee}`);
  open.element.replaceChildren(...(instance ? instanceMenu(thing, sent) : edgeMenu(thing, sent, target.failures)));
  Object.assign(open, { target, anchor });
  anchor.setAttribute("aria-expanded", "true");
  open.element.showPopover();
  beside(open.element, anchor);
  open.element.querySelector("button:not(:disabled), input")?.focus({ preventScroll: true });
}

function close(open, refocus) {
  if (!open.target) return;
  open.anchor.setAttribute("aria-expanded", "false");
  if (refocus && open.anchor.isConnected) open.anchor.focus({ preventScroll: true });
  Object.assign(open, { target: null, anchor: null });
  if (open.element.matches(":popover-open")) open.element.hidePopover();
}

function beside(element, anchor) {
  const rim = 8, { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const { innerWidth, innerHeight } = globalThis;
  const below = bottom + 6 + height <= innerHeight - rim ? bottom + 6 : top - 6 - height;
  const fits = below >= rim;
  const x = fits ? left : right + 6 + width <= innerWidth - rim ? right + 6 : left - 6 - width;
  const y = fits ? below : Math.max(rim, Math.min(top, innerHeight - height - rim));
  element.style.left = `${Math.max(rim, Math.min(x, innerWidth - width - rim))}px`;
  element.style.top = `${y}px`;
}

function keys(event, open, hide) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const typing = event.target.tagName === "INPUT";
  if (event.key === "Escape") hide(true);
  else if (event.key === "Tab" && open.element.getAttribute("role") === "menu") hide(true);
  else if (step && !typing) move(open.element, step);
  else return event.stopPropagation();
  event.preventDefault();
  return event.stopPropagation();
}

function move(element, step) {
  const stops = [...element.querySelectorAll("button:not(:disabled), input")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + step + stops.length) % stops.length].focus();
}

function heading(title, ...lines) {
  return make("div", { class: "heading" }, make("strong", {}, title), ...lines.filter(Boolean).map((line) => make("span", {}, line)));
}

function instanceMenu(instance, sent) {
  const pid = instance.pid ? `, pid ${instance.pid}` : "";
  return [
    heading(instance.name, stateOf(instance).words + pid, instance.why, ...(instance.probes ?? []).map(({ kind, why }) => `${kind}: ${why}`),
      ...(instance.targets ?? []).map(({ balancer, state, why }) => `${balancer}: ${state}, ${why}`)),
    ...ON_INSTANCE.map(([verb, mark, words, meaning, allowed]) => {
      const item = make("button", { type: "button", role: "menuitem", class: "item", "data-do": verb, disabled: allowed(instance.state) ? null : "" },
        sign(mark), make("span", { class: "verb" }, words), make("span", { class: "meaning" }, meaning));
      item.addEventListener("click", () => sent({ do: verb, who: instance.name }));
      return item;
    }),
  ];
}

function failureList(failures) {
  if (!failures?.length) return null;
  const lines = failures.map((one) => make("li", {}, failureWords(one)));
  return make("div", { class: "failures" }, make("strong", {}, "last failures"), make("ul", {}, ...lines));
}

function edgeMenu(edge, sent, failures) {
  const http = edge.protocol !== "tcp";
  const send = (message) => sent({ ...message, edge: edge.name });
  return [
    heading(edgeTitle(edge), balancerWords(edge), faultOf(edge.fault)?.spoken, stickyWords(edge), http ? errorWords(edge) : null, reasons(edge), movedWords(edge)),
    failureList(failures),
    http ? faultRow("delay", "clock", "Slow", ["by", "ms", 300, 1, 60000], send) : null,
    http ? faultRow("fail", "cross", "Fail", ["with", "status", 503, 400, 599], send) : null,
    http ? faultRow("lose", "lost", "Lose", null, send) : null,
    plainRow("cut", "scissors", "Cut", "nothing gets through", send),
    plainRow("heal", "heal", "Heal", "as it was", send, edge.fault == null),
  ].filter(Boolean);
}

function plainRow(verb, mark, words, meaning, send, disabled = false) {
  const item = make("button", { type: "button", class: "item", "data-do": verb, disabled: disabled ? "" : null },
    sign(mark), make("span", { class: "verb" }, words), make("span", { class: "meaning" }, meaning));
  item.addEventListener("click", () => send({ do: verb }));
  return item;
}

// `how` is what the fault needs to know beside its share: a word, a unit, a value and its limits; null for nothing.
function faultRow(verb, mark, words, how, send) {
  const [by, unit, value, min, max] = how ?? [];
  const amount = how && number(unit, `${words.toLowerCase()} ${by}: ${unit}`, value, min, max);
  const share = number("percent", `percent of requests to ${words.toLowerCase()}`, 100, 1, 100);
  const button = make("button", { type: "submit", class: "go", "data-do": verb }, words);
  const middle = how ? [make("span", {}, by), amount, make("span", {}, unit === "ms" ? "ms" : "in")] : [make("span", { class: "across" }, "the answers of")];
  const form = make("form", { class: "row" }, sign(mark), button, ...middle, share, make("span", {}, "%"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ do: verb, ...(how ? { [unit]: amount.valueAsNumber } : {}), percent: share.valueAsNumber });
  });
  return form;
}

const number = (name, label, value, min, max) => make("input", { type: "number", name, "aria-label": label, value, min, max, step: "any", required: "" });
