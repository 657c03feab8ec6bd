// Beside: in a notebook of JupyterLab, a board opens once more beside it, where it stays while the notebook is
// scrolled, and shows whichever stack is up.
import { cellOf } from "./acts.js";
import { make } from "./signs.js";

export function beside(stay) {
  const button = make("button", { type: "button", class: "toggle beside", title: "keep it in view while you scroll", hidden: "" }, "Beside");
  requestAnimationFrame(() => { button.hidden = !window.jupyterapp || !button.closest(".jp-Notebook"); });
  button.addEventListener("click", () => { stay(); return open(window.jupyterapp, button); });
  return button;
}

async function open(app, button) {
  const { panel, notebook, here } = cellOf(app, button);
  app.shell.activateById(panel.id);
  notebook.activeCellIndex = here;
  await app.commands.execute("notebook:create-output-view");  // below the notebook, and in front
  if (app.shell.currentWidget !== panel) app.shell.add(app.shell.currentWidget, "main", { ref: panel.id, mode: "split-right" });
}
