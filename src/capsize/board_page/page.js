// The board without a notebook: pictures come as server-sent events, a click goes back as a request.
import widget from "/board.js";

const MOST = 3; // notices that are still shown
const query = location.search;
const listeners = new Set();
let snapshot = {}, notices = [], number = 0, log = null;

const changed = () => listeners.forEach((listener) => listener());

function tell(words) {
  notices = [...notices, { id: `page ${++number}`, words }].slice(-MOST);
  changed();
}

async function read(who, at) {
  const moment = at == null ? "" : `&at=${at}`;
  const answer = who && (await fetch(`/log${query}&who=${encodeURIComponent(who)}${moment}`));
  log = answer?.status === 200 ? { who, at, lines: (await answer.text()).split("\n") } : null;
  changed();
}

async function send(message) {
  if (message.do === "log") return read(message.who, message.at);
  try {
    const answer = await fetch(`/act${query}`, { method: "POST", body: JSON.stringify(message) });
    if (!answer.ok) tell(`${message.do} ${message.who ?? message.edge}: ${await answer.text()}`);
  } catch (error) {
    tell(`${message.do}: not sent, for capsize board has ended`);
  }
  return undefined;
}

// A lab's stack is started by its number; one of somebody's own by what they typed.
function again() {
  const lab = /^(\d\d)_/.exec(snapshot.stack ?? "")?.[1];
  if (lab) return `capsize up ${lab} starts it again.`;
  return snapshot.stack ? "Start it again: capsize up, and its file." : "capsize up 01 starts one.";
}

const traits = { picture: () => ({ snapshot, notices, log }), again };
const model = {
  get: (name) => traits[name]?.(),
  on: (_, listener) => listeners.add(listener),
  off: (_, listener) => listeners.delete(listener),
  send,
};

new EventSource(`/pictures${query}`).onmessage = ({ data }) => {
  snapshot = JSON.parse(data);
  document.title = `${snapshot.stack ?? "no stack"} · board`;
  if (log) read(log.who, log.at).catch(() => {});
  else changed();
};
widget.render({ model, el: document.getElementById("board") });
