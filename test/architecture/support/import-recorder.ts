// Imports the modules that it is given, one after the other, and tells in a line of JSON what each of them started.
// Run in a process of its own: what it changes stays changed.
import { createRequire } from "node:module";

const started: { readonly module: string; readonly what: string }[] = [];
let importing = "";

const record = (what: string) => started.push({ module: importing, what });

function watch(owner: object, name: string, label: string): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== "function") throw new TypeError(`${label} is no function`);
  const watched = new Proxy(original, {
    apply: (target, self, args) => {
      record(label);
      return Reflect.apply(target, self, args);
    },
    construct: (target, args) => {
      record(label);
      return Reflect.construct(target, args);
    },
  });
  if (!Reflect.set(owner, name, watched)) throw new TypeError(`${label} cannot be watched`);
}

const nodeRequire = createRequire(import.meta.url);
for (const name of ["setTimeout", "setInterval", "setImmediate", "fetch", "WebSocket", "addEventListener", "Worker"]) {
  watch(globalThis, name, name);
}
for (const name of ["connect", "listen", "serve", "spawn", "spawnSync", "write", "udpSocket"])
  watch(Bun, name, `Bun.${name}`);
for (const name of ["on", "once", "exit", "chdir"]) watch(process, name, `process.${name}`);
watch(process.stderr, "write", "stderr");
watch(nodeRequire("node:net").Socket.prototype, "connect", "a socket");
watch(nodeRequire("node:net").Server.prototype, "listen", "a server");

const globalsBefore = new Set(Reflect.ownKeys(globalThis));
for (const module of process.argv.slice(2)) {
  importing = module;
  await import(module);
  for (const key of Reflect.ownKeys(globalThis)) {
    // zod keeps its settings and its registry there, so that two copies of it share them.
    if (globalsBefore.has(key) || String(key).startsWith("__zod_global")) continue;
    globalsBefore.add(key);
    record(`the global ${String(key)}`);
  }
}
// What a module put off shows now; the process has to end by itself after it.
importing = "later";
await new Promise((resolve) => queueMicrotask(() => resolve(null)));
process.stdout.write(`${JSON.stringify(started)}\n`);
