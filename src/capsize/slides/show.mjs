// Starts reveal.js on the page; colours code in the four languages that the decks use.
import Reveal from "/assets/vendor/reveal/reveal.mjs";
import Markdown from "/assets/vendor/reveal/plugin/markdown.mjs";
import Notes from "/assets/vendor/reveal/plugin/notes.mjs";
import highlight from "/assets/vendor/highlight/core.mjs";
import bash from "/assets/vendor/highlight/languages/bash.mjs";
import python from "/assets/vendor/highlight/languages/python.mjs";
import sql from "/assets/vendor/highlight/languages/sql.mjs";
import yaml from "/assets/vendor/highlight/languages/yaml.mjs";

for (const [name, language] of Object.entries({ bash, python, sql, yaml })) {
  highlight.registerLanguage(name, language);
}

const colour = (block) => {
  if (!highlight.getLanguage(block.className)) return;
  block.innerHTML = highlight.highlight(block.textContent, { language: block.className }).value;
};

const deck = new Reveal({
  width: 1280,
  height: 720,
  margin: 0.04,
  center: false,
  hash: true,
  defaultTiming: 120, // makes the speaker view show its pace; each slide brings its own minutes
  transition: "none",
  backgroundTransition: "none",
  controls: true,
  slideNumber: "c/t",
  pdfSeparateFragments: false,
  plugins: [Markdown, Notes],
});

await deck.initialize();
document.querySelectorAll("pre code").forEach(colour);
document.documentElement.dataset.ready = "yes";
