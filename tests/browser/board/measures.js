// What a test measures on a page that shows a board. Each answers with a list of complaints.
window.measures = {
  // Pairs of boxes and labels that cover each other.
  overlaps() {
    const pieces = [...document.querySelectorAll(".box, .tag")].map((piece) => [
      piece.getAttribute("aria-label"),
      piece.getBoundingClientRect(),
    ]);
    const meet = (a, b) =>
      a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
    return pieces.flatMap(([name, a], index) =>
      pieces.slice(index + 1).filter(([, b]) => meet(a, b)).map(([other]) => `${name} / ${other}`),
    );
  },

  // Arrows that run through a box.
  strays() {
    const stage = document.querySelector(".stage").getBoundingClientRect();
    const boxes = [...document.querySelectorAll(".box")].map((box) => [box.dataset.service, box.getBoundingClientRect()]);
    const crossed = (x, y) =>
      boxes.filter(([, box]) => x > box.left + 3 && x < box.right - 3 && y > box.top + 3 && y < box.bottom - 3);
    return [...document.querySelectorAll(".wire .before")].flatMap((path) => {
      const length = path.getTotalLength();
      const points = Array.from({ length: 60 }, (_, step) => path.getPointAtLength((length * step) / 59));
      const through = points.flatMap(({ x, y }) => crossed(x + stage.left, y + stage.top).map(([name]) => name));
      return [...new Set(through)].map((name) => `${path.parentNode.dataset.wire} through ${name}`);
    });
  },

  // Words whose contrast with their ground is less than 4.5 to 1 (WCAG 2.2, 1.4.3).
  faint() {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const mixed = (colours) => {
      for (const colour of ["white", ...colours]) {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
      }
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const light = (colours) =>
      mixed(colours).reduce((sum, part, at) => sum + linear(part / 255) * [0.2126, 0.7152, 0.0722][at], 0);
    const grounds = (element) =>
      element ? [...grounds(element.parentElement), getComputedStyle(element).backgroundColor] : [];
    const contrast = (element) => {
      const under = grounds(element);
      const [a, b] = [light(under), light([...under, getComputedStyle(element).color])];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    const speaks = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.querySelectorAll(".capsize, .capsize *")]
      .filter((element) => element.checkVisibility() && speaks(element) && !element.closest("svg, :disabled"))
      .filter((element) => contrast(element) < 4.5)
      .map((element) => `${element.className} ${element.textContent}: ${contrast(element).toFixed(2)}`);
  },

  // Words that are cut off.
  clipped() {
    return [...document.querySelectorAll(".stage span")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.className} ${element.textContent}`);
  },

  // Resolves after some frames: whatever would move has moved by then.
  frames(count = 12) {
    return new Promise((done) => {
      const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
      next(count);
    });
  },
};
