// A lab's questions: each option is a button, what was chosen is explained below it, and the others can be tried.
import { coded, sayCoded } from "./code.js";
import { make } from "./signs.js";

function render({ model, el }) {
  const root = make("div", { class: "capsize ask recall", "data-lm-suppress-shortcuts": "true" });
  const parts = model.get("questions").map((asked) => question(model, asked));
  const show = () => { for (const part of parts) part.show(model.get("said")[part.name]); };
  root.addEventListener("keydown", (event) => event.stopPropagation());
  root.append(...parts.map((part) => part.element));
  model.on("change:said", show);
  show();
  el.append(root);
  return () => model.off("change:said", show);
}

function question(model, { name, asks, options }) {
  const buttons = options.map((text) => make("button", { type: "button", class: "option", "aria-pressed": "false" }, ...coded(text)));
  const told = make("p", { class: "told", role: "status" });
  buttons.forEach((button, place) => button.addEventListener("click", () => model.send({ name, said: options[place] })));
  return {
    name,
    element: make("section", { role: "group", "aria-label": asks }, make("p", { class: "asks" }, ...coded(asks)), ...buttons, told),
    show: (answer) => {
      buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(options[place] === answer?.said)));
      sayCoded(told, answer?.words ?? "");
    },
  };
}

export default { render };
