// A lab's questions: each option is a button, what was chosen is explained below it, and the others can be tried.
import { make, say } from "./signs.js";

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
  const buttons = options.map((text) => make("button", { type: "button", class: "option", "aria-pressed": "false" }, text));
  const told = make("p", { class: "told", role: "status" });
  for (const button of buttons) button.addEventListener("click", () => model.send({ name, said: button.textContent }));
  return {
    name,
    element: make("section", { role: "group", "aria-label": asks }, make("p", { class: "asks" }, asks), ...buttons, told),
    show: (answer) => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === answer?.said));
      say(told, answer?.words ?? "");
    },
  };
}

export default { render };
