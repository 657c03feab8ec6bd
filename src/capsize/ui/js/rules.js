// Rules: of each event bus what its rules have matched, and what each target got of it. A rule that matches nothing, or all of
// what comes, is marked: neither of the two ever fails.
import { make, redraw, say, sign } from "./signs.js";

const COLUMNS = ["matched", "target", "got", "failed"];
const MANY = 5; // events after which nothing, or everything, is worth a mark

export function rules() {
  const body = make("tbody", {});
  const heading = make("tr", {}, make("th", { scope: "col" }, "rule"), ...COLUMNS.map((words) => make("th", { scope: "col" }, words)));
  const table = make("table", {}, make("thead", {}, heading), body);
  const element = make("section", { class: "rules", "aria-label": "rules", hidden: "" }, make("h2", {}, "Rules"), table);
  const shown = new Map();
  return { element, show: (all) => showRules(element, body, shown, all) };
}

const keyOf = ({ bus, name, target }) => [bus, name, target].join(" ");

function showRules(element, body, shown, all) {
  element.hidden = !all.length;
  const keys = all.map(keyOf);
  for (const [key, row] of shown) if (!keys.includes(key)) { row.element.remove(); shown.delete(key); }
  for (const rule of all) {
    const key = keyOf(rule);
    if (!shown.has(key)) shown.set(key, rowOf(key, rule));
    update(shown.get(key), rule);
  }
  const wanted = keys.map((key) => shown.get(key).element);
  if (wanted.some((row, index) => row !== body.children[index])) body.append(...wanted);
}

function rowOf(key, { bus, name }) {
  const mark = sign("square", "off"), words = make("span", {});
  const cells = COLUMNS.map(() => make("td", {}));
  cells[0].append(mark, words);
  return { element: make("tr", { "data-rule": key }, make("th", { scope: "row" }, `${bus} ${name}`), ...cells), mark, words, cells };
}

const extentOf = ({ seen, matched }) => (seen < MANY ? "some" : matched === 0 ? "nothing" : matched === seen ? "everything" : "some");

function update(row, rule) {
  const extent = extentOf(rule);
  row.element.dataset.matches = extent;
  row.element.dataset.dead = String(rule.failed > 0);
  redraw(row.mark, extent === "some" ? "square" : "alarm", extent === "some" ? "off" : "wait");
  say(row.words, ` ${rule.matched} of ${rule.seen}${extent === "some" ? "" : `, ${extent}`}`);
  [rule.target || "none", rule.got, rule.failed].forEach((told, index) => say(row.cells[index + 1], String(told)));
}
