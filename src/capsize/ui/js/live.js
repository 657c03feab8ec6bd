// Live: a load as it runs. Two charts over the last minute: answers and failures per second, p50 and p99.
import { attribute } from "./pieces.js";
import { make, redraw, say, sign } from "./signs.js";
import { shape } from "./wires.js";
import { figure, plural } from "./words.js";

const WIDE = 440, TALL = 120, LEFT = 46, RIGHT = 10, TOP = 12, BOTTOM = 20;

const CHARTS = [
  { title: "per second", lines: [{ name: "answers", column: 1, tone: "good" }, { name: "failures", column: 2, tone: "bad" }] },
  { title: "milliseconds", lines: [{ name: "p50", column: 3, tone: "good" }, { name: "p99", column: 4, tone: "wait" }] },
];

function render({ model, el }) {
  const mark = sign("ring", "good"), words = make("span", { class: "words", role: "status" }), bar = make("span", { class: "done" });
  const charts = CHARTS.map(chart);
  const root = make("div", { class: "capsize live", role: "region", "aria-label": "load, live" },
    make("div", { class: "head" }, mark, words), make("div", { class: "progress", "aria-hidden": "true" }, bar), make("div", { class: "charts" }, ...charts.map(({ element }) => element)));
  const show = () => update(model, { root, mark, words, bar, charts });
  model.on("change:rows", show);
  model.on("change:total", show);
  show();
  el.append(root);
  return () => { model.off("change:rows", show); model.off("change:total", show); };
}

function update(model, { root, mark, words, bar, charts }) {
  const rows = model.get("rows") ?? [], total = model.get("total") ?? {};
  const elapsed = rows.at(-1)?.[0] ?? 0;
  const silent = total.over && total.sent > 0 && rows.every(([, answered]) => !answered);
  const failed = total.failed ? `${total.failed} failed` : silent ? "none answered" : "none failed";
  root.dataset.over = String(Boolean(total.over));
  const isWell = !total.failed && !silent;
  mark.hidden = Boolean(total.over) && (!isWell || Boolean(total.interrupted)); // no tick beside failures: words alone
  redraw(mark, total.over ? "check" : "ring", isWell ? "good" : "wait");
  root.dataset.failed = String(!isWell);
  const end = total.interrupted ? ", interrupted" : "";
  say(words, total.over ? `${total.what}: ${plural(total.sent, "request")} in ${figure(elapsed)} s, ${failed}${end}` : `${total.what}: ${figure(Math.floor(elapsed))} s, ${plural(total.sent, "request")}, ${failed}`);
  bar.style.width = total.seconds ? `${Math.min(100, (100 * elapsed) / total.seconds)}%` : "0";
  charts.forEach((each) => each.draw(rows));
}

function chart({ title, lines }) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img" });
  const axis = shape("g", { class: "axis" });
  const drawn = lines.map(({ tone, name }) => shape("path", { class: "line", "data-tone": tone, "data-line": name }));
  svg.append(axis, ...drawn);
  const legend = make("figcaption", {}, ...lines.map(({ name, tone }) => make("span", { class: "key", "data-tone": tone }, name)), make("span", { class: "unit" }, title));
  return { element: make("figure", {}, legend, svg), draw: (rows) => draw({ svg, axis, drawn, lines, title }, rows) };
}

function draw({ svg, axis, drawn, lines, title }, rows) {
  const first = rows[0]?.[0] ?? 0, last = Math.max(first + 5, rows.at(-1)?.[0] ?? 0);
  const top = round(Math.max(1, ...rows.flatMap((row) => lines.map(({ column }) => row[column] ?? 0))));
  const x = (at) => LEFT + ((at - first) / (last - first)) * (WIDE - LEFT - RIGHT);
  const y = (value) => TALL - BOTTOM - (value / top) * (TALL - BOTTOM - TOP);
  drawn.forEach((path, index) => attribute(path, "d", pathOf(rows, lines[index].column, x, y)));
  axis.replaceChildren(...[0, top / 2, top].flatMap((value) => grid(value, y(value))), ...ticks(first, last, x));
  const row = rows.at(-1);
  attribute(svg, "aria-label", row ? lines.map(({ name, column }) => `${name} ${figure(row[column])} ${title}`).join(", ") : "no figures yet");
}

function pathOf(rows, column, x, y) {
  let drawing = false;
  return rows.map((row) => {
    if (row[column] == null) { drawing = false; return ""; }
    const step = `${drawing ? "L" : "M"}${x(row[0]).toFixed(1)} ${y(row[column]).toFixed(1)}`;
    drawing = true;
    return step;
  }).join("");
}

// The next 1, 2 or 5 followed by zeros.
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((step) => step * power >= value) * power;
}

const grid = (value, at) => [shape("path", { d: `M${LEFT} ${at}H${WIDE - RIGHT}` }), label(figure(value), LEFT - 7, at + 3.5, "end")];

const ticks = (first, last, x) => [first, last].map((at, index) => label(`${Math.round(at)} s`, x(at), TALL - 5, index ? "end" : "start"));

function label(words, x, y, anchor) {
  const text = shape("text", { x, y, "text-anchor": anchor });
  text.textContent = words;
  return text;
}

export default { render };
