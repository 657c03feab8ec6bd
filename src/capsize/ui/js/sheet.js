// A sheet: HTML that the kit wrote and escaped, shown as it is.
import { offer } from "./acts.js";
import { make } from "./signs.js";
import { unsavedFiles, unsavedWords } from "./unsaved.js";

function render({ model, el }) {
  const root = make("div", { class: "capsize sheet" });
  const show = () => { root.innerHTML = model.get("html"); warn(root); offer(root); };
  model.on("change:html", show);
  show();
  el.append(root);
  return () => model.off("change:html", show);
}

function warn(root) {
  const section = root.querySelector("section[data-lab]");
  const files = section ? unsavedFiles(section.dataset.lab) : [];
  if (files.length) section.prepend(make("p", { class: "unsaved", role: "alert" }, unsavedWords(files)));
}

export default { render };
