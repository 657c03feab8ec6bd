// Failures: what failed on each arrow lately, when and for what reason: the growth of the counts that a picture brings.
const LAST = 6;

export function failures() {
  const counted = new Map(), told = new Map();
  return {
    of: (edge) => told.get(edge) ?? [],
    take: ({ edges = [], seconds = 0 }) => edges.forEach((edge) => count(edge, seconds, counted, told)),
  };
}

function count({ name, errors = {} }, at, counted, told) {
  const before = counted.get(name);
  counted.set(name, errors);
  if (!before) return;
  const grown = Object.entries(errors).map(([reason, count]) => ({ at, reason, count: count - (before[reason] ?? 0) }));
  const fresh = grown.filter((one) => one.count > 0);
  if (fresh.length) told.set(name, [...fresh, ...(told.get(name) ?? [])].slice(0, LAST));
}

export const failureWords = ({ at, reason, count }) => `${at.toFixed(1)} s: ${count} × ${reason}`;
