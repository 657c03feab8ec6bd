// Acts: a verdict's buttons. JupyterLab opens a place in its editor, and runs a call in a cell below the verdict, where it can be read.

// Elsewhere than in JupyterLab the buttons stay hidden, and what to type stays.
export function offer(root) {
  const app = window.jupyterapp;
  if (!app) return;
  for (const plain of root.querySelectorAll("code.typed:has(~ button)")) plain.hidden = true;
  for (const button of root.querySelectorAll("button[data-run], button[data-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => act(app, button));
  }
}

function act(app, button) {
  const { open, line, run, asks } = button.dataset;
  if (open) return show(app, open, Number(line));
  return !asks || window.confirm(asks) ? runBelow(app, button, run) : undefined;
}

async function show(app, path, line) {
  const widget = await app.commands.execute("docmanager:open", { path, options: { mode: "split-right" } });
  await widget.context.ready;
  await widget.revealed;
  const at = { line: line - 1, column: 0 }, { editor } = widget.content;
  editor.setCursorPosition(at);
  editor.revealPosition(at);
  editor.focus();
}

// Which notebook shows an element, and in which of its cells; nothing where it is shown elsewhere.
export function cellOf(app, element) {
  const panel = [...app.shell.widgets("main")].find((widget) => widget.content?.widgets && widget.node.contains(element));
  if (!panel) return undefined;
  return { panel, notebook: panel.content, here: panel.content.widgets.findIndex((cell) => cell.node.contains(element)) };
}

// The same call a second time runs in the same cell.
async function runBelow(app, button, code) {
  const found = cellOf(app, button);
  if (!found) return;
  const { panel, notebook, here } = found;
  const source = (at) => notebook.widgets[at]?.model.sharedModel.getSource();
  const isThere = source(here + 1) === code;
  app.shell.activateById(panel.id);
  notebook.activeCellIndex = isThere ? here + 1 : here;
  if (!isThere) await app.commands.execute("notebook:insert-cell-below");
  notebook.activeCell.model.sharedModel.setSource(code);
  await app.commands.execute("notebook:run-cell");
}
