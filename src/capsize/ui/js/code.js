// Code: what is between backticks in a text, set as code.
import { make } from "./signs.js";

export const coded = (text) => text.split("`").map((part, place) => (place % 2 ? make("code", {}, part) : part));

// Say words with code in them; the same words a second time are no news.
export function sayCoded(element, words) {
  if (element.dataset.words === words) return;
  element.dataset.words = words;
  element.replaceChildren(...coded(words));
}
