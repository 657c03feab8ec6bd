// What the board says: states, figures and faults, in words and with the name of their sign.

const STATES = {
  starting: { sign: "ring", tone: "wait", words: "starting" },
  paused: { sign: "pause", tone: "held", words: "paused" },
  stopping: { sign: "down", tone: "off", words: "stopping" },
  stopped: { sign: "square", tone: "off", words: "stopped" },
  crashed: { sign: "crash", tone: "bad", words: "crashed" },
  "back-off": { sign: "again", tone: "wait", words: "waits to restart" },
  PodInitializing: { sign: "ring", tone: "wait", words: "waits for its pod" },
  Completed: { sign: "check", tone: "off", words: "completed" },
  CrashLoopBackOff: { sign: "again", tone: "bad", words: "CrashLoopBackOff" },
};

const FAULT_SIGNS = { delay: "clock", fail: "cross", lose: "lost", cut: "scissors" };

const ANSWERS = { true: { sign: "check", tone: "good", words: "passes" }, false: { sign: "cross", tone: "bad", words: "fails" } };
const PROBES = { startup: "start", liveness: "live", readiness: "ready" };

// A probe as a mark: the last answer, and how many like it there are of those that it takes.
export function markOf(probe) {
  const { sign, tone, words } = ANSWERS[probe.passed] ?? { sign: "ring", tone: "off", words: "not asked yet" };
  const count = probe.passed == null || probe.streak >= probe.needed ? "" : ` ${probe.streak}/${probe.needed}`;
  return { sign, tone, words: PROBES[probe.kind] + count, spoken: `${probe.kind} ${words}${count}` };
}

const TARGETS = {
  initial: { sign: "ring", tone: "wait" },
  healthy: { sign: "check", tone: "good" },
  unhealthy: { sign: "cross", tone: "bad" },
  draining: { sign: "down", tone: "off" },
};

// What a load balancer calls an instance, and how many answers speak for the other state, of those that it takes.
export function targetMark({ balancer, state, passed, streak, needed, spared }) {
  const count = needed && passed != null ? `, ${streak}/${needed} ${passed ? "passed" : "failed"}` : "";
  const words = `target ${state}${count || (spared ? ", grace" : "")}`;
  return { ...(TARGETS[state] ?? TARGETS.initial), words, spoken: `${words} to ${balancer}` };
}

// A platform with probes says who is called: readiness and rotation differ for a moment, and that moment matters.
function rotationOf(instance) {
  if (instance.state === "Terminating") return { sign: "down", tone: "off", words: `Terminating${instance.in_rotation ? ", still called" : ""}` };
  if (instance.ready) return { sign: "check", tone: "good", words: `ready, ${instance.in_rotation ? "in rotation" : "joining"}` };
  return { sign: "half", tone: "wait", words: `not ready, ${instance.in_rotation ? "still called" : "out"}` };
}

export function stateOf(instance) {
  const rotates = instance.state === "Terminating" || (instance.state === "running" && instance.probes?.length);
  if (rotates) return rotationOf(instance);
  const known = STATES[instance.state];
  if (known) return known;
  if (instance.state !== "running") return { sign: "ring", tone: "wait", words: String(instance.state) };
  if (instance.live === false) return { sign: "alarm", tone: "bad", words: "not live" };
  if (!instance.ready) return { sign: "half", tone: "wait", words: "live, not ready" };
  return { sign: "check", tone: "good", words: "live, ready" };
}

export function figure(value) {
  if (value == null) return "–";
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

export function latency(p50, p99) {
  if (p50 == null && p99 == null) return "";
  if (Math.max(p50 ?? 0, p99 ?? 0) < 9999.5) return `p50 ${figure(p50)} · p99 ${figure(p99)} ms`;
  return `p50 ${seconds(p50)} · p99 ${seconds(p99)} s`;
}

const seconds = (ms) => (ms == null ? "–" : (ms / 1000).toFixed(1));

export const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

export const errorsOf = (edge) => Object.values(edge.errors ?? {}).reduce((sum, count) => sum + count, 0);

export function errorWords(edge) {
  const total = errorsOf(edge);
  if (!total) return edge.requests ? "no errors" : "no requests yet";
  return plural(total, "error") + (edge.error_rps ? `, ${figure(edge.error_rps)}/s` : "");
}

export function reasons(edge) {
  return Object.entries(edge.errors ?? {}).map(([reason, count]) => `${count} × ${reason}`).join(", ");
}

export function faultOf(fault) {
  if (!fault) return null;
  const share = fault.percent != null && fault.percent < 100 ? ` · ${figure(fault.percent)} %` : "";
  const words = { delay: `+${fault.ms} ms`, fail: `${fault.status}`, lose: "answers lost", cut: "cut" }[fault.kind] ?? fault.kind;
  const spoken = { delay: `slowed by ${fault.ms} ms`, fail: `failing with ${fault.status}`, lose: "losing answers", cut: "cut" }[fault.kind] ?? fault.kind;
  return { kind: fault.kind, sign: FAULT_SIGNS[fault.kind] ?? "alarm", words: words + share, spoken: spoken + share };
}

const amount = (bytes) => (bytes < 1e6 ? `${figure((bytes ?? 0) / 1e3)} kB` : `${figure(bytes / 1e6)} MB`);

export const movedWords = (edge) => (edge.bytes_in == null ? "" : `${amount(edge.bytes_in)} in, ${amount(edge.bytes_out)} out`);

export const stickyWords = (edge) => (edge.sticky ? "sticky: callers return to their copy" : "");

export const balancerWords = (edge) => (edge.balancer ? `load balancer ${edge.balancer}` : "");

export const edgeTitle = (edge) => `${edge.caller} → ${edge.callee}${edge.remark ? `\n${edge.remark}` : ""}`;

// What a wire of bytes says: its connections, after the first words of a remark ("mTLS: who calls whom").
export const connectionWords = (edge) => edge.remark
  ? `${edge.remark.split(":")[0]} · ${edge.connections ?? 0}`
  : plural(edge.connections ?? 0, "connection");

export function instanceLabel(instance) {
  const again = instance.restarts ? `, ${plural(instance.restarts, "restart")}` : "";
  const probes = (instance.probes ?? []).map((probe) => `, ${markOf(probe).spoken}`).join("");
  const targets = (instance.targets ?? []).map((target) => `, ${targetMark(target).spoken}`).join("");
  return `${instance.name}: ${stateOf(instance).words}${again}${probes}${targets}. Open actions.`;
}

export function edgeLabel(edge) {
  const figures = edge.rps == null
    ? plural(edge.connections ?? 0, "connection")
    : `${figure(edge.rps)} requests per second, ${latency(edge.p50_ms, edge.p99_ms) || "no latency yet"}, ${errorWords(edge)}, ${edge.in_flight ?? 0} in flight`;
  const fault = faultOf(edge.fault);
  const via = edge.balancer ? ` by ${balancerWords(edge)}` : "";
  return `${edge.caller} to ${edge.callee}${via}: ${edge.remark ? `${edge.remark}, ` : ""}${figures}${fault ? `, ${fault.spoken}` : ""}${edge.sticky ? ", sticky" : ""}. Open actions.`;
}

export const KINDS = { outside: "your calls", python: "Python", backing: "backing" };

export function kindOf(service) {
  if (service.kind === "backing" && service.image) return service.image.split("/").pop();
  return KINDS[service.kind] ?? service.kind;
}

export function statusOf(snapshot) {
  if (!snapshot.state) return { tone: "off", sign: "square", words: "no stack yet" };
  if (snapshot.state === "up") return { tone: "good", sign: "check", words: `up ${clock(snapshot.seconds)}` };
  if (snapshot.state === "down") return { tone: "off", sign: "square", words: "down" };
  return { tone: "wait", sign: "ring", words: snapshot.state };
}

export function clock(at) {
  const whole = Math.floor(at ?? 0);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
