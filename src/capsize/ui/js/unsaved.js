// Unsaved: which files of a lab are open in JupyterLab with changes that are not on the disk. What was judged is the disk.

// `lab` is how the name of its folder begins.
export function unsavedFiles(lab) {
  const own = new RegExp(`(^|/)work/${lab}[^/]*/`);
  const tabs = [...document.querySelectorAll(".lm-TabBar-tab.jp-mod-dirty")];
  const paths = tabs.map((tab) => /^Path: (.*)$/m.exec(tab.title)?.[1] ?? "");
  return [...new Set(paths.filter((path) => own.test(path)).map((path) => path.split("/").at(-1)))];
}

export const unsavedWords = (files) => `${files.join(" and ")} ${files.length > 1 ? "have" : "has"} unsaved changes, which this check did not see. Save (Ctrl-S or ⌘S), then run the cell again.`;
