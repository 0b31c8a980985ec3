/* run_onnx.js MODEL.onnx IMAGES SIDE CLASSES - probabilities of all images by ONNX Runtime, as floats on standard output. Needs
 * onnxruntime-node where NODE_PATH says. */
const fs = require("fs");
const ort = require("onnxruntime-node");

async function main([model, images, side, classes]) {
    const session = await ort.InferenceSession.create(model, {logSeverityLevel: 3});
    const bytes = fs.readFileSync(images);
    const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const shape = [floats.length / (side * side), 1, Number(side), Number(side)];
    const out = await session.run({[session.inputNames[0]]: new ort.Tensor("float32", floats, shape)});
    const answer = out[session.outputNames[0]];
    if (answer.dims[0] !== shape[0] || answer.dims[1] !== Number(classes))
        throw new Error(`answers of ${answer.dims}`);
    process.stdout.write(Buffer.from(answer.data.buffer, answer.data.byteOffset, answer.data.byteLength));
}

main(process.argv.slice(2)).catch((why) => {
    console.error(String(why));
    process.exit(1);
});
