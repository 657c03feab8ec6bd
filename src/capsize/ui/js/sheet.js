// A sheet: HTML that the kit wrote and escaped, shown as it is.
import { make } from "./signs.js";

function render({ model, el }) {
  const root = make("div", { class: "capsize sheet" });
  const show = () => { root.innerHTML = model.get("html"); };
  model.on("change:html", show);
  show();
  el.append(root);
  return () => model.off("change:html", show);
}

export default { render };
