// Logs: the last lines that one instance wrote, live; a line of JSON reads as words. Hidden until somebody asks for it.
import { make, say, sign } from "./signs.js";

const WORDS = ["time", "timestamp", "level", "logger", "message", "msg", "event"]; // of a line of JSON, in this order

export function logs(ask) {
  const title = make("h2", {}), lines = make("pre", { tabindex: "0" });
  const filter = make("input", { type: "search", placeholder: "filter", "aria-label": "show only lines with" });
  const away = make("button", { type: "button", class: "away", "aria-label": "close the log" }, sign("close"));
  const element = make("section", { class: "log", hidden: "" }, make("div", { class: "head" }, title, filter, away), lines);
  const pane = { element, title, lines, filter, told: [], who: "" };
  filter.addEventListener("input", () => write(pane));
  away.addEventListener("click", () => ask(""));
  return { element, show: (log) => show(pane, log) };
}

function show(pane, log) {
  pane.element.hidden = !log?.who;
  if (!log?.who) return;
  if (log.who !== pane.who) pane.filter.value = "";
  Object.assign(pane, { who: log.who, told: log.lines.map(readable) });
  say(pane.title, `Log of ${log.who}${log.at == null ? "" : `, around ${log.at.toFixed(1)} s`}`);
  write(pane);
  if (log.at !== pane.at && log.at != null) center(pane.lines);
  pane.at = log.at;
}

// Around a moment the line that marks it is in the middle.
function center(lines) {
  const before = lines.textContent.split("\n").findIndex((line) => line.startsWith("────"));
  const count = lines.textContent.split("\n").length;
  lines.scrollTop = Math.max(0, (before / count) * lines.scrollHeight - lines.clientHeight / 2);
}

function write({ lines, filter, told }) {
  const wanted = filter.value.toLowerCase();
  const words = told.filter((line) => line.toLowerCase().includes(wanted)).join("\n") || (told.length ? "no line has that" : "it has written nothing yet");
  if (lines.textContent === words) return;
  const follows = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 4;
  lines.textContent = words;
  if (follows) lines.scrollTop = lines.scrollHeight;
}

export function readable(line) {
  if (!line.startsWith("{")) return line;
  try {
    const { ...told } = JSON.parse(line);
    const first = WORDS.filter((name) => name in told).map((name) => told[name]);
    const rest = Object.entries(told).filter(([name]) => !WORDS.includes(name)).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    return [...first, ...rest].join("  ");
  } catch {
    return line;
  }
}
