// Order: which service stands in which rank, callers first, so that arrows run one way. The same input gives the same order.

// Edges that close a circle are turned round for the ordering only.
export function forward(names, edges) {
  const state = new Map();
  const back = new Set();
  const visit = (name) => {
    state.set(name, "open");
    for (const edge of edges) {
      if (edge.caller !== name) continue;
      if (state.get(edge.callee) === "open") back.add(edge);
      else if (!state.has(edge.callee)) visit(edge.callee);
    }
    state.set(name, "done");
  };
  for (const name of names) if (!state.has(name)) visit(name);
  return edges.map((edge) => (back.has(edge)
    ? { edge, from: edge.callee, to: edge.caller, turned: true }
    : { edge, from: edge.caller, to: edge.callee, turned: false }));
}

export function ranks(names, links) {
  const rank = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round < names.length; round += 1) {
    for (const { from, to } of links) rank.set(to, Math.max(rank.get(to), rank.get(from) + 1));
  }
  for (const name of names) {
    if (name === "outside" || links.some(({ to }) => to === name)) continue;
    const callees = links.filter(({ from }) => from === name).map(({ to }) => rank.get(to));
    const first = names.includes("outside") ? 1 : 0;
    rank.set(name, Math.max(first, callees.length ? Math.min(...callees) - 1 : first));
  }
  return settle(rank, links);
}

// A caller that was moved right may now stand beside its callee: push the callees on.
function settle(rank, links) {
  for (let round = 0; round < rank.size; round += 1) {
    for (const { from, to } of links) rank.set(to, Math.max(rank.get(to), rank.get(from) + 1));
  }
  return rank;
}

// Reorder each row by the mean place of its neighbours, back and forth, to take crossings out.
export function untangle(rows, chains, rounds = 6) {
  const before = neighbours(chains, -1);
  const after = neighbours(chains, 1);
  for (let round = 0; round < rounds; round += 1) {
    rows.forEach((row) => sortBy(row, before, rows));
    rows.toReversed().forEach((row) => sortBy(row, after, rows));
  }
  rows.forEach((row) => sortBy(row, before, rows));
}

export function neighbours(chains, step) {
  const found = new Map();
  for (const chain of chains) {
    chain.forEach((item, index) => {
      const other = chain[index + step];
      if (!other) return;
      if (!found.has(item)) found.set(item, []);
      found.get(item).push(other);
    });
  }
  return found;
}

function sortBy(row, near, rows) {
  const place = new Map();
  rows.forEach((each) => each.forEach((item, index) => place.set(item, (index + 0.5) / each.length)));
  const mean = (item) => {
    const others = near.get(item);
    return others ? others.reduce((sum, other) => sum + place.get(other), 0) / others.length : place.get(item);
  };
  const keyed = row.map((item, index) => ({ item, index, key: mean(item) }));
  keyed.sort((a, b) => a.key - b.key || a.index - b.index);
  keyed.forEach(({ item }, index) => { row[index] = item; });
}

