// Queues: what waits in the stack's brokers, a row for each bookmark of a stream, and dead letters by a row of their own.
import { make, redraw, say, sign } from "./signs.js";

const COLUMNS = ["waiting", "in flight", "delivered again"];
const FIGURES = ["waiting", "in_flight", "redelivered"];

export function queues() {
  const body = make("tbody", {});
  const heading = make("tr", {}, make("th", { scope: "col" }, "queue"), ...COLUMNS.map((words) => make("th", { scope: "col" }, words)));
  const table = make("table", {}, make("thead", {}, heading), body);
  const element = make("section", { class: "queues", "aria-label": "queues", hidden: "" }, make("h2", {}, "Queues"), table);
  const shown = new Map();
  return { element, show: (all) => showQueues(element, body, shown, all) };
}

const keyOf = ({ stream, name }) => [stream, name].filter(Boolean).join(" ");

function showQueues(element, body, shown, all) {
  element.hidden = !all.length;
  const keys = all.map(keyOf);
  for (const [key, row] of shown) if (!keys.includes(key)) { row.element.remove(); shown.delete(key); }
  for (const queue of all) {
    const key = keyOf(queue);
    if (!shown.has(key)) shown.set(key, rowOf(key, queue));
    update(shown.get(key), queue);
  }
  const wanted = keys.map((key) => shown.get(key).element);
  if (wanted.some((row, index) => row !== body.children[index])) body.append(...wanted);
}

function rowOf(key, queue) {
  const mark = sign("square", "off");
  const cells = FIGURES.map(() => make("td", {}));
  const name = make("th", { scope: "row" }, ...(queue.dead ? [mark, ` ${key}, dead letters`] : [key]));
  return { element: make("tr", { "data-queue": key }, name, ...cells), mark, cells };
}

// Of dead letters only their number is told: that there are any is what matters.
function update(row, queue) {
  const told = queue.dead ? FIGURES.slice(0, 1) : FIGURES;
  told.forEach((name, index) => say(row.cells[index], String(queue[name])));
  if (!queue.dead) return;
  row.element.dataset.dead = String(queue.waiting > 0);
  redraw(row.mark, queue.waiting ? "alarm" : "check", queue.waiting ? "bad" : "good");
}
