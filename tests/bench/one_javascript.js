// one_javascript.js tfjs LAYERS.json SECONDS | litert FILE.tflite SECONDS - microseconds of one image (median), in WebAssembly on one
// thread: by TensorFlow.js of the layers, with random weights; by LiteRT of a file. NODE_PATH is npm's folder.
const fs = require("fs"), path = require("path"), v8 = require("v8"), vm = require("vm");

const [kind, file, seconds] = process.argv.slice(2);
const now = () => Number(process.hrtime.bigint()) / 1e3;
const SIDE = 28;

// What a browser has and node has not: LiteRT loads its program as a script, which uses "relaxed" vector instructions.
function beBrowser(module, binary) {
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  globalThis.self = globalThis;
  globalThis.importScripts = (name) => vm.runInThisContext(`${fs.readFileSync(name, "utf8")}\nself.ModuleFactory = ModuleFactory;`,
    { filename: name });
  Object.assign(globalThis, { require, __dirname: module });
  globalThis.Module = { wasmBinary: fs.readFileSync(path.join(module, binary)), print: () => {}, printErr: () => {} };
}

function tfjsLayer(tf, { kind, ...settings }, first) {
  const options = first ? { ...settings, inputShape: [SIDE, SIDE, 1] } : settings;
  return { conv: tf.layers.conv2d, maxpool: tf.layers.maxPooling2d, dense: tf.layers.dense, flatten: tf.layers.flatten }[kind](options);
}

async function tfjs() {
  const tf = require("@tensorflow/tfjs"), wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(path.join(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out") + path.sep);
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  const model = tf.sequential();
  JSON.parse(fs.readFileSync(file)).forEach((layer, i) => model.add(tfjsLayer(tf, layer, i === 0)));
  const image = tf.randomUniform([1, SIDE, SIDE, 1]);
  return () => tf.tidy(() => model.predict(image).dataSync());
}

async function litert() {
  const module = path.join(path.dirname(require.resolve("@litertjs/core/package.json")), "wasm");
  beBrowser(module, "litert_wasm_internal.wasm");
  const core = await import(path.join(path.dirname(module), "dist", "index.js"));
  await core.loadLiteRt(path.join(module, "litert_wasm_internal.js"));
  const model = await core.loadAndCompile(new Uint8Array(fs.readFileSync(file)), { accelerator: "wasm" });
  const pixels = Float32Array.from({ length: SIDE * SIDE }, Math.random);
  return async () => {
    const image = new core.Tensor(pixels, [1, SIDE, SIDE, 1]);
    const [answer] = await model.run([image]);
    answer.toTypedArray();
    answer.delete();
    image.delete();
  };
}

async function median(read) {
  const took = [];
  for (let i = 0; i < 200; i++) await read();
  for (const end = now() + 1e6 * Number(seconds); now() < end;) {
    const began = now();
    await read();
    took.push(now() - began);
  }
  return took.sort((a, b) => a - b)[took.length >> 1];
}

({ tfjs, litert })[kind]().then(median).then((us) => console.log(JSON.stringify({ us }))).catch((error) => {
  console.error(error);
  process.exit(1);
});
