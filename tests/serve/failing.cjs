/* failing.cjs PAGE.JS - the script of the page of `digitscope serve` with as much of a browser as it needs, and a server that fails at
 * first: a stroke is drawn meanwhile. Prints what was asked for and what is shown at last. */
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");

class Element {
  children = []; dataset = {}; listeners = {}; clientWidth = 600; hidden = false; textContent = "";
  classList = { toggle() {} }; style = { setProperty() {} };
  get value() { return this.children.length ? this.children[0].value : ""; }
  append(...more) { this.children.push(...more); }
  replaceChildren(...all) { this.children = all; }
  addEventListener(name, does) { this.listeners[name] = does; }
  setAttribute() {}
  setPointerCapture() {}
  getContext() { return new Proxy({}, { get: () => () => {} }); }
  getBoundingClientRect() { return { left: 0, top: 0, width: 600, height: 600 }; }
}

const answer = { digit: 7, text: "7", confidence: 1, unsure: false, probabilities: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0] };
const models = [{ name: "tiny", labels: [..."0123456789"] }, { name: "other", labels: [..."0123456789"] }];
const AWAY = 0; /* no answer at all */
const outcomes = { "/v1/models": [429, AWAY, 503, models], "/v1/predict": [AWAY, 503, AWAY, AWAY, AWAY, answer] };
const asked = [], elements = {};
const at = (id) => elements[id] ||= new Element();

async function fetch(path) {
  asked.push(path);
  const left = outcomes[path.split("?")[0]], outcome = left.length > 1 ? left.shift() : left[0];
  if (outcome === AWAY)
    throw new TypeError("failed to fetch");
  return typeof outcome === "number" ? { ok: false, status: outcome, json: async () => ({ detail: "not now" }) } : { ok: true, json: async () => outcome };
}

vm.runInNewContext(fs.readFileSync(process.argv[2], "utf8"), {
  fetch, AbortSignal: {}, performance, devicePixelRatio: 1, navigator: { languages: ["en"] }, location: { hash: "#token" },
  setTimeout: (go) => setTimeout(go, 1), addEventListener() {}, matchMedia: () => new Element(), getComputedStyle: () => ({ getPropertyValue: () => "" }),
  document: { documentElement: {}, getElementById: at, querySelectorAll: () => [], addEventListener() {}, createElement: () => new Element() },
  Option: class { constructor(text, value) { this.value = value; } },
});
const pointer = { pointerId: 1, button: 0, pointerType: "touch", clientX: 10, clientY: 10 };
at("canvas").listeners.pointerdown(pointer);
at("canvas").listeners.pointerup(pointer);
process.on("exit", () => console.log(JSON.stringify({
  asked, models: at("model").children.length, digit: at("digit").textContent, message: at("message").hidden ? "" : at("message").textContent,
})));
