"""test_networks.py ONNX_AGREES - networks as PyTorch, TensorFlow and others export them, written with python3-onnx: all
opsets, paddings, orders of axes, batches. onnx_agrees compares what is made of each with its own operators, evaluated one
by one. Left out where python3-onnx is not installed.
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError:
    print("python3-onnx is not installed")
    sys.exit(77)

rng = np.random.default_rng(1)
FOLDER = tempfile.TemporaryDirectory()


class Net:
    """Nodes one after the other; what a node gives is named after its place."""

    def __init__(self, name, shape, opset=13, ir=8, old_inputs=False, backwards=False):
        self.name, self.opset, self.ir, self.backwards = name, opset, ir, backwards
        self.old_inputs = old_inputs
        self.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
        self.nodes, self.tensors = [], []
        self.last = "x"

    def const(self, values, dtype=np.float32, typed=False):
        values = np.asarray(values, dtype)
        name = f"c{len(self.tensors)}"
        if typed:
            kind = {np.float32: TensorProto.FLOAT, np.int64: TensorProto.INT64}[dtype]
            self.tensors.append(helper.make_tensor(name, kind, values.shape, values.flatten().tolist()))
        else:
            self.tensors.append(numpy_helper.from_array(values, name))
        return name

    def ints(self, *values):
        return self.const(values, np.int64)

    def weights(self, *shape):
        return self.const(rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape), typed=rng.random() < 0.3)

    def op(self, kind, *others, x=None, outputs=1, **settings):
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, [self.last if x is None else x, *others], names, **settings))
        self.last = names[0]
        return names if outputs > 1 else names[0]

    def conv(self, inputs, filters, kernel=3, bias=True, groups=1, **settings):
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        w = self.weights(filters, inputs // groups, *kernel)
        if groups > 1:
            settings["group"] = groups
        return self.op("Conv", w, *([self.weights(filters)] if bias else []), **settings)

    def gemm(self, inputs, units=10):
        return self.op("Gemm", self.weights(units, inputs), self.weights(units), transB=1)

    def save(self, output=None):
        inputs = list(self.inputs)
        if self.old_inputs:
            inputs = [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.tensors] + inputs
        nodes = self.nodes[::-1] if self.backwards else self.nodes
        out = helper.make_tensor_value_info(output or self.last, TensorProto.FLOAT, None)
        graph = helper.make_graph(nodes, "g", inputs, [out], self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = self.ir
        path = os.path.join(FOLDER.name, self.name + ".onnx")
        with open(path, "wb") as file:
            file.write(model.SerializeToString())
        return path


def head(n, count, end="Softmax", **settings):
    n.op("Flatten")
    n.gemm(count)
    if end:
        n.op(end, **settings)
    return n.save()


def paddings():
    for pad, size in (("SAME_UPPER", 14), ("SAME_LOWER", 14), ("VALID", 13)):
        n = Net("auto_" + pad, [1, 1, 28, 28])
        n.conv(1, 4, 4 if pad != "VALID" else 3, auto_pad=pad, strides=[2, 2])
        yield head(n, 4 * size * size)
    for name, pads, size in (("uneven", [1, 0, 2, 1], 27), ("wide", [3, 3, 3, 3], 32)):
        n = Net("pads_" + name, [1, 1, 28, 28])
        n.conv(1, 3, (4, 2) if name == "uneven" else (3, 3), pads=pads)
        height = 28 + pads[0] + pads[2] - (4 if name == "uneven" else 3) + 1
        width = 28 + pads[1] + pads[3] - (2 if name == "uneven" else 3) + 1
        yield head(n, 3 * height * width)


def pools():
    for kind, settings, size in (
        ("MaxPool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), 14),
        ("MaxPool", dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1), 14),
        ("MaxPool", dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"), 14),
        ("AveragePool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), 14),
        ("AveragePool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[0, 1, 1, 0], count_include_pad=1), 14),
        ("AveragePool", dict(kernel_shape=[2, 3], auto_pad="SAME_LOWER", strides=[2, 2]), 14),
    ):
        n = Net(f"pool_{kind}_{len(settings)}_{settings.get('auto_pad', '')}{settings.get('ceil_mode', '')}", [1, 1, 28, 28])
        n.conv(1, 4, 3, pads=[1, 1, 1, 1])
        n.op(kind, **settings)
        yield head(n, 4 * size * size)
    for kind in ("GlobalAveragePool", "GlobalMaxPool"):
        n = Net(kind, ["N", 1, 28, 28])
        n.conv(1, 6, 5, dilations=[2, 2])
        n.op(kind)
        yield head(n, 6)


def steps():
    """Other ones for rows than for columns."""
    for rows, columns in ((2, 1), (1, 2), (3, 2), (2, 4)):
        n = Net(f"steps_{rows}_{columns}", [1, 1, 28, 28])
        n.conv(1, 3, 3, strides=[rows, columns])
        n.op("Relu")
        h, w = 25 // rows + 1, 25 // columns + 1
        n.conv(3, 2, 3, pads=[1, 1, 1, 1])
        n.op("MaxPool", kernel_shape=[2, 3], strides=[1, 2])
        yield head(n, 2 * (h - 1) * ((w - 3) // 2 + 1))
    n = Net("steps_padded", [1, 1, 28, 28])
    n.conv(1, 2, (5, 3), strides=[3, 1], pads=[2, 1, 1, 0])
    n.op("AveragePool", kernel_shape=[3, 3], strides=[2, 1], auto_pad="SAME_UPPER")
    yield head(n, 2 * 5 * 27)


def activations():
    n = Net("activations", [1, 1, 28, 28], opset=14)
    for i, (kind, settings) in enumerate(
        (("Relu", {}), ("LeakyRelu", dict(alpha=0.3)), ("LeakyRelu", dict(alpha=-0.5)), ("Elu", dict(alpha=0.5)),
         ("Selu", {}), ("Selu", dict(alpha=1.0, gamma=2.0)), ("Sigmoid", {}), ("Tanh", {}), ("Softplus", {}),
         ("HardSigmoid", {}), ("HardSigmoid", dict(alpha=0.3, beta=0.4)), ("HardSwish", {}), ("Neg", {}))):
        n.conv(1 if i == 0 else 3, 3, 3, pads=[1, 1, 1, 1])
        n.op(kind, **settings)
    for kind, settings in (("Sigmoid", {}), ("HardSigmoid", dict(alpha=1 / 6)), ("HardSigmoid", {})):
        x = n.conv(3, 3, 1)
        n.op(kind, **settings)
        n.op("Mul", x)
    n.conv(3, 3, 1)
    n.op("PRelu", n.const(rng.random((3, 1, 1))))
    n.conv(3, 3, 1)
    n.op("Clip", n.const(-0.2), n.const(0.3))
    n.conv(3, 3, 1)
    n.op("Clip", "", n.const(0.1))
    n.conv(3, 3, 1)
    n.op("Max", n.const(-0.1))
    n.op("Min", n.const(0.2))
    n.conv(3, 3, 1)
    n.op("Softmax", axis=1)
    n.op("Log")
    yield head(n, 3 * 28 * 28)
    n = Net("gelu", [1, 784], opset=20)
    for approximate in ("none", "tanh"):
        n.gemm(784 if approximate == "none" else 20, 20)
        n.op("Gelu", approximate=approximate)
    n.gemm(20)
    yield n.save()
    n = Net("clip_attributes", [1, 784], opset=6)
    n.gemm(784, 20)
    n.op("Clip", min=0.0, max=6.0)
    n.gemm(20)
    yield n.save()


def ends():
    for end, settings in (("Softmax", {}), ("LogSoftmax", dict(axis=1)), ("Sigmoid", {}), ("Relu", {})):
        n = Net("end_" + end, [1, 784])
        n.gemm(784)
        n.op(end, **settings)
        yield n.save()
    n = Net("end_exp", [1, 784])
    n.gemm(784)
    n.op("LogSoftmax")
    n.op("Exp")
    yield n.save()
    n = Net("end_labels", [1, 784])
    n.gemm(784)
    n.op("ArgMax")
    yield n.save("v0_0")
    n = Net("end_many", [1, 784])
    n.gemm(784, 128)
    yield n.save()
    n = Net("end_shapes", [1, 784])
    n.gemm(784)
    n.op("Softmax")
    n.op("Reshape", n.ints(10, 1))
    n.op("Flatten", axis=0)
    yield n.save()
    n = Net("end_identity", [1, 784])
    n.gemm(784)
    n.op("Softmax")
    n.op("Identity")
    yield n.save()


def batches():
    for batch in (1, 10, 64, "N"):
        n = Net(f"batch_{batch}", [batch, 1, 28, 28])
        n.conv(1, 2, 3)
        n.op("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        n.op("Reshape", n.ints(batch if batch != "N" else -1, 2 * 13 * 13))
        n.gemm(2 * 13 * 13)
        yield n.save()
    n = Net("shape_chain", ["N", 1, 28, 28])
    x = n.conv(1, 2, 3)
    n.op("Shape")
    n.op("Gather", n.const(0, np.int64), axis=0)
    n.op("Unsqueeze", n.ints(0))
    shape = n.op("Concat", n.ints(-1), axis=0)
    n.op("Reshape", shape, x=x)
    n.gemm(2 * 26 * 26)
    yield n.save()
    n = Net("no_channels", [None, 28, 28])
    n.op("Unsqueeze", n.ints(1))
    n.conv(1, 2, 3)
    yield head(n, 2 * 26 * 26)
    n = Net("open_sizes", ["N", "C", "H", "W"])
    n.conv(3, 2, 3)
    n.op("ReduceMean", axes=[2, 3], keepdims=0)
    n.gemm(2)
    yield n.save()


def tensorflow():
    """As tf2onnx writes: channels last outside, transposed to channels first and back, MatMul and Add."""
    n = Net("tensorflow", ["N", 28, 28, 1])
    n.op("Transpose", perm=[0, 3, 1, 2])
    n.conv(1, 4, 3, auto_pad="SAME_UPPER")
    n.op("Relu")
    n.op("MaxPool", kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    n.op("Transpose", perm=[0, 2, 3, 1])
    n.op("Reshape", n.ints(-1, 4 * 14 * 14))
    n.op("MatMul", n.weights(4 * 14 * 14, 30))
    n.op("Add", n.weights(30))
    n.op("Relu")
    n.op("Dropout")
    n.op("MatMul", n.weights(30, 10))
    n.op("Add", n.weights(10))
    n.op("Softmax")
    yield n.save()
    n = Net("bias_channels_last", [1, 28, 28, 1])
    n.op("Transpose", perm=[0, 3, 1, 2])
    n.conv(1, 4, 3, bias=False)
    n.op("Transpose", perm=[0, 2, 3, 1])
    n.op("Add", n.weights(4))
    n.op("Mul", n.weights(1, 1, 1, 4))
    n.op("ReduceSum", n.ints(1, 2), keepdims=0)
    n.gemm(4)
    yield n.save()
    n = Net("pad_channels_last", [1, 28, 28, 1])
    n.op("Pad", n.ints(0, 1, 2, 0, 0, 3, 0, 0))
    n.op("Transpose", perm=[0, 3, 1, 2])
    n.conv(1, 2, 3)
    yield head(n, 2 * 30 * 28)


def constants():
    n = Net("arithmetic", [1, 1, 28, 28])
    n.op("Sub", n.const(0.1307))
    n.op("Div", n.const([[[0.3081]]]))
    n.conv(1, 3, 3)
    n.op("Mul", n.weights(3, 1, 1))
    n.op("Add", n.weights(1, 3, 1, 1))
    n.op("Add", n.weights(26, 26))
    n.op("Relu")
    n.op("Sub", n.last, x=n.const(1.5))
    n.op("BatchNormalization", *(n.const(rng.random(3) + 0.5) for _ in range(4)))
    n.op("Flatten")
    n.op("BatchNormalization", *(n.const(rng.random(3 * 26 * 26) + 0.5) for _ in range(4)), epsilon=0.001)
    n.gemm(3 * 26 * 26)
    yield n.save()
    n = Net("shared", [1, 1, 28, 28])  # the bias behind goes to one of two readers only
    x = n.conv(1, 3, 3, pads=[1, 1, 1, 1])
    a = n.op("Mul", n.const(2.0))
    n.op("Sub", a, x=x)
    yield head(n, 3 * 28 * 28)
    n = Net("quantized", [1, 784])
    w = numpy_helper.from_array(rng.integers(-127, 127, (784, 10)).astype(np.int8), "w8")
    n.tensors.append(w)
    zero = numpy_helper.from_array(np.zeros(10, np.int8), "z8")
    n.tensors.append(zero)
    w = n.op("DequantizeLinear", n.const(rng.random(10) * 0.001), "z8", x="w8", axis=1)
    n.last = n.op("MatMul", w, x="x")
    yield n.save()
    n = Net("gemm_factors", [1, 784])
    n.op("Gemm", n.weights(784, 10), n.weights(1, 10), alpha=0.5, beta=2.0)
    yield n.save()


def branches():
    n = Net("residual", [1, 1, 28, 28], backwards=True)
    x = n.conv(1, 4, 3, pads=[1, 1, 1, 1])
    n.conv(4, 4, 3, pads=[1, 1, 1, 1], bias=False)
    n.op("BatchNormalization", *(n.const(rng.random(4) + 0.5) for _ in range(4)))
    n.op("Add", x)
    n.op("Relu")
    yield head(n, 4 * 28 * 28)
    n = Net("concat", [1, 1, 28, 28])
    a, b, c = n.conv(1, 2, 3, pads=[1, 1, 1, 1]), n.conv(1, 3, 1, pads=[0] * 4), None
    n.nodes[-1].input[0] = "x"
    n.op("Concat", b, a, x=a, axis=1)
    yield head(n, 7 * 28 * 28)
    n = Net("concat_flat", [1, 1, 28, 28])
    x = n.conv(1, 2, 3)
    a = n.op("Flatten")
    n.op("MaxPool", x=x, kernel_shape=[2, 2], strides=[2, 2])
    b = n.op("Flatten")
    n.op("Concat", b, x=a, axis=1)
    n.gemm(2 * 26 * 26 + 2 * 13 * 13)
    yield n.save()
    n = Net("gate", [1, 1, 28, 28])
    x = n.conv(1, 4, 3)
    n.op("GlobalAveragePool")
    n.conv(4, 4, 1)
    g = n.op("Sigmoid")
    n.op("Mul", x, x=g)
    yield head(n, 4 * 26 * 26)
    n = Net("split", [1, 1, 28, 28])
    n.conv(1, 6, 3)
    a, b = n.op("Split", n.ints(2, 4), outputs=2, axis=1)
    n.op("Slice", n.ints(0), n.ints(2), n.ints(1), x=b)
    n.op("Sub", a)
    yield head(n, 2 * 26 * 26)
    n = Net("slices", [1, 1, 28, 28])
    n.op("Slice", n.ints(4, 4), n.ints(-4, 2**62), n.ints(2, 3), n.ints(1, 2))
    n.op("Flatten")
    n.gemm(20 * 12)
    yield n.save()


def orders():
    n = Net("permuted", [1, 1, 28, 28])
    n.conv(1, 4, 3)
    n.op("Transpose", perm=[0, 3, 1, 2])
    n.conv(26, 5, 3)
    yield head(n, 5 * 2 * 24)
    n = Net("decoder", [1, 784])
    n.gemm(784, 3 * 49)
    n.op("Reshape", n.ints(0, 3, 7, 7))
    n.conv(3, 4, 3)
    yield head(n, 4 * 25)
    n = Net("rows", [1, 28, 28])
    n.op("MatMul", n.weights(28, 8))
    n.op("Add", n.weights(8))
    n.op("Relu")
    yield head(n, 28 * 8)
    n = Net("signal", [1, 28, 28])
    n.op("Conv", n.weights(6, 28, 3), n.weights(6), strides=[2], pads=[1, 1])
    n.op("MaxPool", kernel_shape=[2], strides=[2])
    yield head(n, 6 * 7)
    n = Net("no_batch", [28, 28])
    n.op("Reshape", n.ints(1, -1))
    n.gemm(784)
    yield n.save()
    n = Net("channels_first_rgb", ["N", 3, 32, 32])
    n.conv(3, 4, 3, groups=1)
    n.conv(4, 8, 3, groups=4, strides=[2, 2])
    yield head(n, 8 * 14 * 14)


def opsets():
    """What was a setting is an input since some opset."""
    for opset in (6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21):
        n = Net(f"opset_{opset}", [1, 1, 28, 28], opset=opset, ir=3 if opset < 9 else 8, old_inputs=opset < 9)
        old = dict(broadcast=1, axis=1) if opset < 7 else {}
        n.conv(1, 4, 3, bias=False)
        n.op("Add", n.weights(4) if opset < 7 else n.weights(4, 1, 1), **old)
        n.op("BatchNormalization", *(n.const(rng.random(4) + 0.5) for _ in range(4)), **(dict(is_test=1) if opset < 7 else {}))
        if opset < 11:
            n.op("Clip", min=0.0, max=6.0)
            n.op("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 1])
        else:
            n.op("Clip", n.const(0.0), n.const(6.0))
            n.op("Pad", n.ints(0, 0, 1, 1, 0, 0, 1, 1))
        if opset < 10:
            n.op("Slice", axes=[2, 3], starts=[1, 1], ends=[-1, 2**31])
        else:
            n.op("Slice", n.ints(1, 1), n.ints(-1, 2**31), n.ints(2, 3))
        if opset < 18:
            n.op("ReduceMean", axes=[3])
        else:
            n.op("ReduceMean", n.ints(3))
        if opset < 13:
            n.op("Squeeze", axes=[3])
            n.op("Unsqueeze", axes=[3])
        else:
            n.op("Squeeze", n.ints(3))
            n.op("Unsqueeze", n.ints(3))
        n.op("Reshape", n.ints(1, -1))
        if opset < 7:
            n.op("Gemm", n.weights(10, 4 * 26), n.weights(10), transB=1, broadcast=1)
        else:
            n.gemm(4 * 26)
        n.op("Softmax")
        yield n.save()


def refused():
    n = Net("erf", [1, 784])
    n.gemm(784)
    n.op("Erf")
    yield n.save(), "the operator Erf is not read"
    n = Net("own", [1, 784])
    n.gemm(784)
    n.op("FusedGemm", domain="com.microsoft")
    yield n.save(), "com.microsoft.FusedGemm"
    n = Net("two_inputs", [1, 784])
    n.inputs.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 784]))
    n.op("Add", "z")
    n.gemm(784)
    yield n.save(), "it asks for 2 inputs"
    n = Net("video", [1, 1, 4, 28, 28])
    n.op("Relu")
    yield head(n, 4 * 784), "5 axes"
    n = Net("picture", [1, 1, 28, 28])
    n.conv(1, 2, 3)
    yield n.save(), "no row of numbers"
    n = Net("circle", [1, 784])
    n.gemm(784)
    n.nodes[0].input[0] = "v0_0"
    yield n.save(), "reads what no other gives"


def main():
    agrees = sys.argv[1]
    files = [path for group in (paddings, pools, steps, activations, ends, batches, tensorflow, constants, branches, orders, opsets)
             for path in group()]
    failed = len(files) != len(set(files))
    done = subprocess.run([agrees, *files], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or done.stdout.count("\n") != len(files):
        print("\n".join(line for line in done.stdout.splitlines() if "REFUSED" in line or "DIFFERS" in line))
        print(f"onnx_agrees ended with {done.returncode}")
        failed = True
    for path, reason in refused():
        failed |= subprocess.run([agrees, "--refused", reason, path], check=False).returncode != 0
    print(f"{len(files)} networks")
    sys.exit(failed)


main()
