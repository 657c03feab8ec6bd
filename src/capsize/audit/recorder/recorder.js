// Runs in each Node process of an app under audit: writes down what the app reads of its environment, opens and calls.
"use strict";
const fs = require("fs");
const net = require("net");
const path = require("path");

const tape = process.env.CAPSIZE_AUDIT_TAPE;
const app = process.env.CAPSIZE_AUDIT_APP;

function write(words) {
  fs.writeSync(file, JSON.stringify({ pid: process.pid, ...words }) + "\n");
}

function caller() {
  const lines = new Error().stack.split("\n").slice(1);
  const places = lines.map((line) => /\(?((?:file:\/\/)?\/[^:()]+):(\d+):\d+\)?$/.exec(line)).filter(Boolean);
  const place = places.find((found) => path.basename(found[1]) !== "recorder.js");
  return place ? [place[1].replace("file://", ""), place[2]] : null;
}

function recordReads() {
  process.env = new Proxy(process.env, {
    get(target, name) {
      const place = typeof name === "string" && !name.startsWith("CAPSIZE_AUDIT_") && caller();
      if (place) {
        const own = place[0].startsWith(app) && !place[0].includes("node_modules");
        write({ saw: "env", name, there: name in target, own, at: place.join(":") });
      }
      return target[name];
    },
  });
}

function recordWrites() {
  for (const name of ["writeFile", "writeFileSync", "appendFile", "appendFileSync", "createWriteStream"]) {
    const original = fs[name];
    fs[name] = function (target, ...rest) {
      if (typeof target === "string") {
        write({ saw: "write", path: path.resolve(target), new: !fs.existsSync(target) });
      }
      return original.call(this, target, ...rest);
    };
  }
}

function recordCalls() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const first = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (first && first.port) {
      write({ saw: "connect", host: first.host || "localhost", port: Number(first.port) });
    }
    return connect.apply(this, args);
  };
}

const file = tape ? fs.openSync(tape, "a", 0o600) : 0;
if (tape) {
  write({ saw: "process", argv: process.argv });
  recordReads();
  recordWrites();
  recordCalls();
}
