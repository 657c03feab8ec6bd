// Timeline: the last events, the newest on top, read out politely as they come.
import { make, sign } from "./signs.js";

const LAST = 8;
const SIGNS = [[/unhealthy|fails open/i, "cross", "bad"], [/healthy/i, "check", "good"], [/draining|deregistered/i, "down", "off"],
  [/kill|crash|died|exit/i, "crash", "bad"], [/fail|stalled/i, "cross", "bad"],
  [/unready|not ready|not live|back-off|late/i, "half", "wait"], [/ready|live|up\b/i, "check", "good"],
  [/paus/i, "pause", "held"], [/resum/i, "play", "good"], [/restart/i, "again", "wait"], [/cut/i, "scissors", "bad"], [/heal/i, "heal", "good"],
  [/delay|slow/i, "clock", "wait"], [/stop|down/i, "square", "off"], [/start/i, "ring", "off"]];

const keyOfEvent = ({ at, what, who }) => `${at} ${what} ${who}`;

export function timeline(ask) {
  const list = make("ol", { class: "events", "aria-live": "polite", "aria-relevant": "additions", "aria-label": "timeline, newest first" });
  const empty = make("li", { class: "quiet" }, "nothing has happened yet");
  const element = make("section", { class: "timeline" }, make("h2", {}, "Timeline"), list);
  const shown = new Map();
  list.append(empty);
  return { element, show: (events, instances = []) => showEvents(list, shown, empty, events, (event) => lineOf(event, instances.includes(event.who) && ask)) };
}

function showEvents(list, shown, empty, events, line) {
  const last = events.slice(-LAST);
  const keys = new Set(last.map(keyOfEvent));
  for (const [key, line] of shown) if (!keys.has(key)) { line.remove(); shown.delete(key); }
  for (const event of last) {
    const key = keyOfEvent(event);
    if (shown.has(key)) continue;
    shown.set(key, line(event));
    list.prepend(shown.get(key));
  }
  empty.hidden = shown.size > 0;
}

// The name of an instance leads to what it wrote at that moment.
function whoOf({ at, what, who }, ask) {
  if (!ask) return make("span", { class: "who" }, who);
  const link = make("button", { type: "button", class: "who", "aria-label": `log of ${who} when it was ${what}, at ${Number(at).toFixed(1)} s` }, who);
  link.addEventListener("click", () => ask(who, at));
  return link;
}

function lineOf(event, ask) {
  const { at, what, who, why } = event;
  const [, name, tone] = SIGNS.find(([words]) => words.test(what)) ?? [null, "ring", "off"];
  const time = make("span", { class: "at" }, `${Number(at).toFixed(1)} s`);
  return make("li", { "data-what": what, "data-who": who }, time, sign(name, tone), whoOf(event, ask), make("span", { class: "what" }, what), make("span", { class: "why" }, why ?? ""));
}
