// Wires: the arrows themselves, as SVG under the boxes. A cut arrow has a gap, a slowed one is dotted, a failing one dashed;
// the bond of a pod is fine and has no tip.

const SVG = "http://www.w3.org/2000/svg";

export function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// A click anywhere on an arrow is one on its label, which a keyboard reaches.
export function drawWires(svg, layout, open) {
  svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
  svg.setAttribute("width", layout.width);
  svg.setAttribute("height", layout.height);
  const drawn = new Map();
  for (const [key, wire] of layout.wires) {
    const group = shape("g", { class: "wire", "data-wire": key });
    const before = shape("path", { class: "before", d: wire.path });
    const reach = shape("path", { class: "reach", d: wire.path });
    reach.addEventListener("click", () => open(key));
    group.append(before, shape("path", { class: "tip", d: tip(wire) }), reach);
    drawn.set(key, group);
  }
  svg.replaceChildren(...drawn.values());
  return drawn;
}

export function updateWire(group, edge) {
  group.dataset.protocol = edge.protocol;
  group.dataset.fault = edge.fault?.kind ?? "none";
  group.dataset.busy = String(Boolean(edge.rps || edge.connections || edge.in_flight));
}

function tip(wire) {
  const [x, y] = wire.points.at(-1);
  const [right, down] = wire.heading;
  const corner = (ahead, aside) => `${(x + ahead * right - aside * down).toFixed(1)} ${(y + ahead * down + aside * right).toFixed(1)}`;
  return `M${corner(-3, 4.5)}L${corner(5, 0)}L${corner(-3, -4.5)}z`;
}

// A door of a database is for whoever looks after it: from outside it is drawn when somebody has come in, or broken it.
const isDrawn = (edge) => edge.caller !== "outside" || edge.protocol !== "tcp" || edge.fault || edge.connections > 0 || edge.bytes_in > 0;

// Who lives in one pod calls the other by localhost: a bond without figures, for no wire lies between them.
const bonds = (services) => services.filter(({ name, pod }) => pod && pod !== name)
  .map(({ name, pod }) => ({ name: `${pod}+${name}`, caller: pod, callee: name, protocol: "pod" }));

export const edgesOf = ({ edges = [], services = [] }) => [...edges.filter(isDrawn), ...bonds(services)];
