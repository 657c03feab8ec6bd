// Signs: every state, fault and action has a shape of its own, so that colour is never the only telling.

const filled = (shape, mark) => `<g fill="currentColor" stroke="none">${shape}</g><g class="mark">${mark}</g>`;

const SIGNS = {
  check: filled('<circle cx="8" cy="8" r="7"/>', '<path d="M4.7 8.3 7 10.6l4.4-5"/>'),
  half: '<circle cx="8" cy="8" r="6.1"/><path d="M8 1.9a6.1 6.1 0 0 1 0 12.2z" fill="currentColor"/>',
  alarm: filled('<path d="M8 .9 15.6 14.6H.4z"/>', '<path d="M8 5.6v4.2M8 12.2v.2"/>'),
  ring: '<circle class="turns" cx="8" cy="8" r="6" stroke-dasharray="3.4 2.9"/>',
  pause: '<path d="M5.4 3v10M10.6 3v10" stroke-width="2.6"/>',
  down: '<path d="M3.5 4l4.5 4 4.5-4M3.5 8.6l4.5 4 4.5-4"/>',
  square: '<rect x="2.8" y="2.8" width="10.4" height="10.4" rx="1.5"/>',
  crash: filled('<path d="M8 .3 15.7 8 8 15.7.3 8z"/>', '<path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"/>'),
  again: '<path d="M13.4 8a5.4 5.4 0 1 1-1.7-3.9M13.6 1.6v3.2h-3.2"/>',
  clock: '<circle cx="8" cy="8" r="6.3"/><path d="M8 4.4V8l2.6 1.8"/>',
  cross: '<path d="M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8" stroke-width="2"/>',
  lost: '<path d="M1.8 5h9.4M8.4 2.2 11.2 5 8.4 7.8M13.8 11.6H9.6M6.6 11.6H5.4M2.6 11.6h-.8"/>',
  scissors: '<circle cx="3.9" cy="4.1" r="2.1"/><circle cx="3.9" cy="11.9" r="2.1"/><path d="M5.6 5.5 14 12.2M5.6 10.5 14 3.8"/>',
  heal: '<path d="M8 2.8v10.4M2.8 8h10.4" stroke-width="2.6"/>',
  kill: '<path d="M9.2.8 3.4 9h3.7l-.9 6.2L12.6 7H8.7z" fill="currentColor"/>',
  play: '<path d="M4.5 2.6 13 8l-8.5 5.4z" fill="currentColor"/>',
  outside: '<circle cx="8" cy="4.8" r="2.9"/><path d="M2.4 14.2c.5-3.2 2.7-4.9 5.6-4.9s5.1 1.7 5.6 4.9"/>',
  python: '<path d="M5.6 4.2 1.8 8l3.8 3.8M10.4 4.2 14.2 8l-3.8 3.8"/>',
  backing: '<ellipse cx="8" cy="3.6" rx="5.4" ry="2.1"/><path d="M2.6 3.6v8.6c0 1.2 2.4 2.1 5.4 2.1s5.4-.9 5.4-2.1V3.6M2.6 8c0 1.2 2.4 2.1 5.4 2.1s5.4-.9 5.4-2.1"/>',
  lines: '<path d="M2.4 3.4h11.2M2.4 6.5h7.4M2.4 9.6h11.2M2.4 12.7h5"/>',
  close: '<path d="M4 4l8 8M12 4l-8 8"/>',
};

export function sign(name, tone) {
  const holder = make("span", { class: "sign", "aria-hidden": "true" });
  redraw(holder, name, tone);
  return holder;
}

export function redraw(holder, name, tone) {
  if (holder.dataset.sign !== name) {
    holder.dataset.sign = name;
    holder.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16">${SIGNS[name] ?? SIGNS.alarm}</svg>`;
  }
  if (tone) holder.dataset.tone = tone;
}

// An element with attributes and children; text only ever goes in as text.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child != null));
  return element;
}

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
