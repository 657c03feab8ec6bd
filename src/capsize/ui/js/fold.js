// Fold: a group whose instances are all well is one line, so that a large stack fits a small screen.
import { plural, stateOf } from "./words.js";

const LOW = 720; // pixels of a window below which a board that is too tall is folded by itself
const AROUND = 250; // pixels of a board beside its picture

export function folded(service) {
  if (service.kind === "outside") return service;
  const unwell = service.instances.filter((instance) => stateOf(instance).tone !== "good");
  const well = service.instances.length - unwell.length;
  const words = service.instances.length ? `${well} of ${service.instances.length} well` : "0 copies";
  return { ...service, instances: unwell, folded: words, spoken: `${plural(service.instances.length, "instance")}, ${well} well` };
}

// Whether to fold: as somebody chose, else where the picture does not fit a low window.
export const isFolded = (chosen, height, window) => chosen ?? (window < LOW && height + AROUND > window);
