// run_tflite.js FILE COUNT < images > answers - what TensorFlow Lite itself answers to images, as float32, with whatever its
// last operator gives. Needs npm's @tensorflow/tfjs-tflite; TFLITE_WASM is the folder of its WebAssembly.
const fs = require("fs"), path = require("path");

const folder = process.env.TFLITE_WASM, file = fs.readFileSync(process.argv[2]);
const quiet = { print: () => {}, printErr: () => {} };
const wasmBinary = fs.readFileSync(path.join(folder, "tflite_web_api_cc.wasm"));
require(path.join(folder, "tflite_web_api_cc.js"))({ ...quiet, wasmBinary }).then((lite) => {
  const at = lite._malloc(file.length);
  lite.HEAPU8.set(file, at);
  const made = lite.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, file.length,
    { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 0 });
  if (!made.ok()) throw new Error(made.errorMessage());
  const runner = made.value(), input = runner.GetInputs().get(0), output = runner.GetOutputs().get(0);
  const all = fs.readFileSync(0), images = new Float32Array(all.buffer, all.byteOffset, all.length / 4);
  const given = input.data(), count = images.length / Number(process.argv[3]);
  for (let i = 0; i < Number(process.argv[3]); i++) {
    given.set(images.subarray(i * count, (i + 1) * count));
    if (!runner.Infer()) throw new Error("no answer");
    const answer = Float32Array.from(output.data());
    fs.writeSync(1, Buffer.from(answer.buffer));
  }
}).catch((error) => { console.error(String(error)); process.exit(1); });
