// Scaffold: what every board has, empty: a header with its switches, the picture, and the panes below it.
import { beside } from "./beside.js";
import { logs } from "./logs.js";
import { queues } from "./queues.js";
import { rules } from "./rules.js";
import { make, sign } from "./signs.js";
import { timeline } from "./timeline.js";
import { shape } from "./wires.js";

export function scaffold(el, ask, stay) {
  const name = make("span", { class: "stack" }), mark = sign("ring", "wait"), words = make("span", {});
  const status = make("span", { class: "status", role: "status" }, mark, words);
  const hint = make("span", { class: "hint" }, "Click an instance or an arrow to act on it.");
  const banner = make("p", { class: "banner", role: "alert", hidden: "" });
  const notices = make("div", { class: "notices", role: "alert" });
  const svg = shape("svg", { class: "wires", "aria-hidden": "true" });
  const canvas = make("canvas", { class: "motion", "aria-hidden": "true" });
  const stage = make("div", { class: "stage" }, svg, canvas);
  const scroll = make("div", { class: "scroll" }, stage);
  const waiting = queues(), matched = rules(), log = timeline(ask), lines = logs(ask);
  const fold = toggle("fold", "Fold", "one line for each group whose instances are all well");
  const present = toggle("present", "Present", "large, for a projector");
  const root = make("div", { class: "capsize board", role: "region", "data-lm-suppress-shortcuts": "true" },
    make("div", { class: "head" }, name, status, hint, beside(stay), fold, present), banner, notices, scroll, matched.element, waiting.element, lines.element, log.element);
  el.append(root);
  return { root, name, status, mark, words, banner, notices, svg, canvas, stage, scroll, waiting, matched, lines, log, fold, present };
}

const toggle = (kind, words, title) => make("button", { type: "button", class: `toggle ${kind}`, title, "aria-pressed": "false" }, words);
