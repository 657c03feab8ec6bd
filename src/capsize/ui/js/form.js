// A prediction's form: empty at first, complete before its button can be pressed, sent as one message.
import { coded } from "./code.js";
import { make } from "./signs.js";

const NUMBERS = [["said", "your number"], ["low", "a range, from"], ["high", "to"]];
const RANGE = "Choose the range so that it holds the number four times out of five.";
const EDITED = "input, textarea, select, [contenteditable='true']";

function render({ model, el }) {
  const asked = model.get("question"), name = `asks-${Math.random().toString(36).slice(2)}`;
  const button = make("button", { type: "submit" }, "This is my prediction"), trouble = make("p", { class: "trouble", role: "alert" });
  const fields = asked.choices.length ? [radios(`${name}-said`, "said", "your choice", asked.choices)] : numbers(asked, name);
  // JupyterLab's shortcuts are letters and arrows: in here they are letters and arrows
  const form = make("form", { class: "capsize ask", "aria-label": `prediction: ${asked.name}`, "data-lm-suppress-shortcuts": "true", autocomplete: "off" },
    make("p", { class: "asks" }, ...coded(asked.asks)), ...fields, make("div", { class: "foot" }, button, trouble));
  const answer = () => Object.fromEntries([...form.querySelectorAll("[data-field]:checked, [data-field]:not([type=radio])")].map((field) => [field.dataset.field, field.value.trim()]));
  const look = () => { button.disabled = !complete(asked, answer()); trouble.textContent = ""; };
  const show = () => { trouble.textContent = model.get("trouble"); };
  form.addEventListener("input", look);
  form.addEventListener("keydown", (event) => event.stopPropagation());
  form.addEventListener("submit", (event) => { event.preventDefault(); if (!button.disabled) model.send(answer()); });
  model.on("change:trouble", show);
  look();
  show();
  el.append(form);
  const waiting = requestAnimationFrame(() => { if (!document.activeElement?.closest(EDITED)) form.querySelector("input")?.focus(); });
  return () => { cancelAnimationFrame(waiting); model.off("change:trouble", show); };
}

const complete = ({ choices }, answer) => (choices.length ? ["said"] : ["said", "low", "high", "reason"]).every((field) => answer[field]);

function numbers({ unit, bounds, reasons }, name) {
  const [said, low, high] = NUMBERS.map(([field, words]) => make("label", {}, make("span", {}, words),
    make("input", { type: "text", inputmode: "decimal", "data-field": field, placeholder: field === "said" ? bounds : "" })));
  const row = (...labels) => make("div", { class: "numbers" }, ...labels, make("span", { class: "unit" }, unit));
  return [row(said), row(low, high), make("p", { class: "soft" }, RANGE), radios(`${name}-reason`, "reason", "because", reasons)];
}

const radios = (name, field, words, texts) => make("fieldset", {}, make("legend", {}, words),
  ...texts.map((text) => make("label", { class: "one" }, make("input", { type: "radio", name, value: text, "data-field": field }), make("span", {}, ...coded(text)))));

export default { render };
