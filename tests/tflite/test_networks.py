"""test_networks.py TFLITE_ANSWERS [WASM] - networks as TensorFlow's converter writes them, made with python3-flatbuffers: every
operator that is read, paddings, activations within operators, 8-bit and 16-bit weights. Each operator is computed here
with NumPy as well, and the answers are compared. Left out where python3-flatbuffers is not installed.

With WASM, the folder of that name in npm's @tensorflow/tfjs-tflite, and node, TensorFlow Lite itself answers too: to the
same within 1e-6, and within 0.01 where it rounds what weights of 8 bits meet. No test of the suite, as it needs both.
"""
import math
import os
import subprocess
import sys
import tempfile

try:
    import flatbuffers
    import numpy as np
except ImportError:
    print("python3-flatbuffers or python3-numpy is not installed")
    sys.exit(77)

rng = np.random.default_rng(1)
IMAGES, LIMIT = 3, 1e-4
TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "int8": 9}
# Numbers of operators in the file, and of their tables of options.
CODES = {"ADD": 0, "AVERAGE_POOL_2D": 1, "CONCATENATION": 2, "CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "DEQUANTIZE": 6,
         "FULLY_CONNECTED": 9, "LOGISTIC": 14, "MAX_POOL_2D": 17, "MUL": 18, "RELU": 19, "RELU_N1_TO_1": 20, "RELU6": 21,
         "RESHAPE": 22, "SOFTMAX": 25, "TANH": 28, "CUSTOM": 32, "PAD": 34, "TRANSPOSE": 39, "MEAN": 40, "SUB": 41,
         "DIV": 42, "SQUEEZE": 43, "LOG_SOFTMAX": 50, "CAST": 53, "PRELU": 54, "MAXIMUM": 55, "ARG_MAX": 56, "MINIMUM": 57,
         "NEG": 59, "PADV2": 60, "EXPAND_DIMS": 70, "LOG": 73, "SUM": 74, "SHAPE": 77, "REDUCE_MAX": 82, "LEAKY_RELU": 98,
         "MIRROR_PAD": 100, "ELU": 111, "QUANTIZE": 114, "HARD_SWISH": 117, "GELU": 150, "RELU_0_TO_1": 152}
OPTIONS = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 2, "AVERAGE_POOL_2D": 5, "MAX_POOL_2D": 5, "FULLY_CONNECTED": 8, "SOFTMAX": 9,
           "CONCATENATION": 10, "ADD": 11, "MUL": 21, "MEAN": 27, "SUM": 27, "REDUCE_MAX": 27, "SUB": 28, "DIV": 29,
           "LEAKY_RELU": 75}
ACTIVATIONS = {None: 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3, "tanh": 4, "sign": 5}
FUNCTIONS = {None: lambda x: x, "relu": lambda x: np.maximum(x, 0), "relu_n1_to_1": lambda x: np.clip(x, -1, 1),
             "relu6": lambda x: np.clip(x, 0, 6), "tanh": np.tanh}


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def erf(x):
    return np.vectorize(math.erf)(x)


def windows(x, kernel, strides, same, fill, dilation=(1, 1)):
    """(n, out h, out w, kernel h, kernel w, c) of x (n, h, w, c), and whether each value is none of the padding."""
    pads = []
    for size, k, s, d in zip(x.shape[1:3], kernel, strides, dilation):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0) if same else 0
        pads.append((total // 2, total - total // 2))
    inside = np.pad(np.ones(x.shape), [(0, 0), *pads, (0, 0)])
    x = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)
    rows, columns = ((x.shape[i + 1] - (kernel[i] - 1) * dilation[i] - 1) // strides[i] + 1 for i in range(2))
    cut = lambda a: np.stack([np.stack([a[:, i * dilation[0]:i * dilation[0] + (rows - 1) * strides[0] + 1:strides[0],
                                          j * dilation[1]:j * dilation[1] + (columns - 1) * strides[1] + 1:strides[1]]
                                        for j in range(kernel[1])], 3) for i in range(kernel[0])], 3)
    return cut(x), cut(inside)


class Net:
    """Operators one after the other, as a file and as numbers: value[i] is what tensor i is for the images."""

    def __init__(self, name, *shape, dtype="float32", steps=None):
        self.name, self.tensors, self.operators, self.value = name, [], [], {}
        self.images = rng.random((IMAGES, *shape[1:])).astype(np.float32)
        self.x = self.tensor(shape, dtype, steps=steps)
        self.value[self.x] = self.images.astype(np.float64)
        self.last = self.x

    def tensor(self, shape, dtype="float32", data=None, steps=None, sparse=False):
        self.tensors.append((list(shape), dtype, data, steps, sparse))
        return len(self.tensors) - 1

    def const(self, values, dtype="float32", steps=None):
        """steps: (scale, zero, axis) of whole numbers."""
        values = np.asarray(values, dtype)
        i = self.tensor(values.shape, dtype, values, steps)
        self.value[i] = values.astype(np.float64)
        if steps:
            scale, zero, axis = steps
            shape = [-1 if k == axis else 1 for k in range(values.ndim)] if len(scale) > 1 else [1]
            self.value[i] = (self.value[i] - np.reshape(zero, shape)) * np.reshape(np.float32(scale), shape).astype(float)
        return i

    def weights(self, *shape, fan=None):
        return self.const(rng.normal(0, 1 / np.sqrt(fan or np.prod(shape[1:])), shape))

    def op(self, code, function, *others, x=None, options=None, shape=None):
        """function: of the values of the inputs; options: (field, type, value) of the table of options."""
        inputs = [self.last if x is None else x, *others]
        result = function(*(self.value[i] for i in inputs if i >= 0)) if function else np.zeros((IMAGES, 1))
        i = self.tensor([1, *result.shape[1:]] if shape is None else shape)
        self.operators.append((code, inputs, [i], options))
        self.value[i], self.last = result, i
        return i

    # ---- operators

    def conv(self, filters, kernel=3, strides=(1, 1), same=True, dilation=(1, 1), activation=None, bias=True, w=None, groups=1):
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        channels = self.value[self.last].shape[3]
        w = self.weights(filters, *kernel, channels // groups) if w is None else w

        def function(x, w, b=0):
            cut = windows(x, kernel, strides, same, 0, dilation)[0]
            each, of = filters // groups, channels // groups
            parts = [np.einsum("nhwijc,oijc->nhwo", cut[..., g * of:(g + 1) * of], w[g * each:(g + 1) * each]) for g in range(groups)]
            return FUNCTIONS[activation](np.concatenate(parts, 3) + b)
        return self.op("CONV_2D", function, w, *([self.weights(filters, fan=9)] if bias else []),
                       options=[(0, "b", 0 if same else 1), (1, "i", strides[1]), (2, "i", strides[0]),
                                (3, "b", ACTIVATIONS[activation]), (4, "i", dilation[1]), (5, "i", dilation[0])])

    def depthwise(self, each=1, kernel=3, strides=(1, 1), same=True, activation=None, w=None):
        channels = self.value[self.last].shape[3]
        w = self.weights(1, kernel, kernel, channels * each, fan=kernel**2) if w is None else w

        def function(x, w, b):
            cut = windows(x, (kernel, kernel), strides, same, 0)[0]
            y = np.einsum("nhwijc,ijcm->nhwcm", cut, w[0].reshape(kernel, kernel, channels, each))
            return FUNCTIONS[activation](y.reshape(*y.shape[:3], -1) + b)
        return self.op("DEPTHWISE_CONV_2D", function, w, self.weights(channels * each, fan=9),
                       options=[(0, "b", 0 if same else 1), (1, "i", strides[1]), (2, "i", strides[0]), (3, "i", each),
                                (4, "b", ACTIVATIONS[activation])])

    def pool(self, code, kernel=(2, 2), strides=(2, 2), same=False, activation=None):
        def function(x):
            cut, inside = windows(x, kernel, strides, same, -np.inf if code == "MAX_POOL_2D" else 0)
            y = cut.max((3, 4)) if code == "MAX_POOL_2D" else cut.sum((3, 4)) / inside.sum((3, 4))
            return FUNCTIONS[activation](y)
        return self.op(code, function, options=[(0, "b", 0 if same else 1), (1, "i", strides[1]), (2, "i", strides[0]),
                                                (3, "i", kernel[1]), (4, "i", kernel[0]), (5, "b", ACTIVATIONS[activation])])

    def dense(self, units=10, activation=None, bias=True, w=None, keep=False):
        inputs = self.value[self.last].shape[-1] if keep else int(np.prod(self.value[self.last].shape[1:]))
        w = self.weights(units, inputs) if w is None else w
        return self.op("FULLY_CONNECTED",
                       lambda x, w, b=0: FUNCTIONS[activation]((x if keep else x.reshape(-1, inputs)) @ w.T + b),
                       w, self.weights(units, fan=9) if bias else -1, options=[(0, "b", ACTIVATIONS[activation]), (2, "b", int(keep))])

    def reshape(self, *shape, code="RESHAPE", by="input"):
        others = {"input": [[1, *shape]], "axis": [len(shape)], "result": []}[by]
        others = [self.const(values, "int32") for values in others]
        return self.op(code, lambda x, *_: x.reshape(-1, *shape), *others)

    def flatten(self):
        return self.reshape(int(np.prod(self.value[self.last].shape[1:])))

    def end(self, ending="SOFTMAX"):
        if ending == "SOFTMAX":
            self.op("SOFTMAX", softmax, options=[(0, "f", 1.0)])
        return self

    # ---- the file

    def steps_table(self, b, steps):
        scale, zero, axis = steps
        b.StartVector(4, len(scale), 4)
        for v in reversed(scale):
            b.PrependFloat32(v)
        scales = b.EndVector()
        b.StartVector(8, len(zero), 8)
        for v in reversed(zero):
            b.PrependInt64(v)
        zeros = b.EndVector()
        b.StartObject(7)
        b.PrependUOffsetTRelativeSlot(2, scales, 0)
        b.PrependUOffsetTRelativeSlot(3, zeros, 0)
        b.PrependInt32Slot(6, axis, 0)
        return b.EndObject()

    def file(self, description="MLIR Converted."):
        b = flatbuffers.Builder(1024)

        def ints(values):
            b.StartVector(4, len(values), 4)
            for v in reversed(values):
                b.PrependInt32(v)
            return b.EndVector()

        def tables(offsets):
            b.StartVector(4, len(offsets), 4)
            for o in reversed(offsets):
                b.PrependUOffsetTRelative(o)
            return b.EndVector()

        def table(fields, *slots):
            b.StartObject(fields)
            for slot, kind, value in slots:
                {"b": b.PrependInt8Slot, "i": b.PrependInt32Slot, "f": b.PrependFloat32Slot, "u": b.PrependUint32Slot,
                 "t": b.PrependUOffsetTRelativeSlot}[kind](slot, value, 0)
            return b.EndObject()

        buffers, tensors = [table(1)], []
        for shape, dtype, data, steps, sparse in self.tensors:
            at = 0
            if data is not None:
                at = len(buffers)
                buffers.append(table(1, (0, "t", b.CreateByteVector(data.tobytes()))))
            slots = [(0, "t", ints(shape)), (1, "b", TYPES[dtype]), (2, "u", at), (3, "t", b.CreateString("t%d" % len(tensors)))]
            if steps:
                slots.append((4, "t", self.steps_table(b, steps)))
            if sparse:
                slots.append((6, "t", table(1)))
            tensors.append(table(8, *slots))
        names = sorted({code for code, *_ in self.operators})
        codes = []
        for name in names:
            number = CODES.get(name, CODES["CUSTOM"])
            slots = [(0, "b", min(number, 127)), (3, "i", number)]
            if name not in CODES:
                slots.append((1, "t", b.CreateString(name)))
            codes.append(table(4, *slots))
        operators = []
        for code, inputs, outputs, options in self.operators:
            slots = [(0, "u", names.index(code)), (1, "t", ints(inputs)), (2, "t", ints(outputs))]
            if options:
                slots += [(3, "b", OPTIONS[code]), (4, "t", table(8, *options))]
            operators.append(table(5, *slots))
        graph = table(5, (0, "t", tables(tensors)), (1, "t", ints([self.x])), (2, "t", ints([self.last])),
                      (3, "t", tables(operators)))
        model = table(5, (0, "u", 3), (1, "t", tables(codes)), (2, "t", tables([graph])), (3, "t", b.CreateString(description)),
                      (4, "t", tables(buffers)))
        b.Finish(model, b"TFL3")
        return bytes(b.Output())

    def probabilities(self, y):
        y, last = y.reshape(IMAGES, -1).astype(np.float64), self.operators[-1][0]
        return y if last == "SOFTMAX" else np.exp(y) if last == "LOG_SOFTMAX" else \
            y / y.sum(1, keepdims=True) if last == "LOGISTIC" else softmax(y)


# ---- networks


def pictures():
    n = Net("keras", 1, 28, 28, 1)  # as Keras's example for MNIST is converted
    n.conv(4, activation="relu")
    n.pool("MAX_POOL_2D")
    n.conv(6, same=False, activation="relu")
    n.pool("MAX_POOL_2D")
    n.flatten()
    n.dense(12, activation="relu")
    n.dense()
    yield n.end()
    n = Net("one_channel", 1, 28, 28)  # a convolution of one channel becomes a depthwise one
    n.reshape(28, 28, 1, code="EXPAND_DIMS", by="axis")
    n.depthwise(5, activation="relu6")
    n.pool("AVERAGE_POOL_2D")
    n.depthwise(2, strides=(2, 2))
    n.conv(3, 1)
    n.op("MEAN", lambda x, _: x.mean((1, 2)), n.const([1, 2], "int32"), options=[(0, "b", 0)])
    n.dense()
    yield n.end()
    n = Net("colours", 1, 32, 32, 3)
    n.conv(4, (3, 5), strides=(2, 2), activation="relu6")
    n.conv(4, 3, groups=2)
    n.pool("MAX_POOL_2D", (3, 3), (2, 2), same=True)
    n.pool("AVERAGE_POOL_2D", (3, 3), (2, 2), same=True, activation="relu")
    n.flatten()
    n.dense(bias=False)
    yield n.end()
    n = Net("steps", 1, 28, 28, 1)
    n.conv(4, (3, 5), strides=(2, 1), activation="relu")
    n.pool("MAX_POOL_2D", (2, 2), (1, 2))
    n.flatten()
    n.dense()
    yield n.end()
    n = Net("dilated", 1, 28, 28, 1)
    n.conv(3, 3, dilation=(2, 2), activation="relu_n1_to_1")
    n.op("PAD", lambda x, _: np.pad(x, [(0, 0), (1, 2), (0, 3), (0, 0)]), n.const([[0, 0], [1, 2], [0, 3], [0, 0]], "int32"))
    n.conv(2, 4, same=False, strides=(3, 3))
    n.op("REDUCE_MAX", lambda x, _: x.max((1, 2)), n.const([1, 2], "int32"), options=[(0, "b", 0)])
    n.dense()
    yield n.end()
    n = Net("batch", 16, 28, 28, 1)
    n.conv(2)
    n.op("RESHAPE", lambda x, _: x.reshape(-1, 2 * 784), n.const([16, 2 * 784], "int32"), shape=[16, 2 * 784])
    n.dense()
    yield n.end()


def vectors():
    n = Net("mlp", 1, 784)
    n.dense(20, activation="relu")
    n.dense()
    yield n.end()
    n = Net("logits", 1, 28, 28)
    n.dense(15, activation="relu6")  # reads all of the picture: the converter drops a Flatten before it
    n.dense()
    yield n.end(None)
    n = Net("sigmoid_end", 1, 784)
    n.dense()
    n.op("LOGISTIC", lambda x: 1 / (1 + np.exp(-x)))
    yield n
    n = Net("log_softmax_end", 1, 784)
    n.dense()
    n.op("LOG_SOFTMAX", lambda x: np.log(softmax(x)))
    yield n
    n = Net("warm_softmax", 1, 784)
    n.dense()
    n.op("SOFTMAX", lambda x: softmax(x * 0.5), options=[(0, "f", 0.5)])
    yield n
    n = Net("rows", 1, 28, 28)
    n.dense(6, keep=True, activation="relu")
    n.op("TRANSPOSE", lambda x, _: x.transpose(0, 2, 1), n.const([0, 2, 1], "int32"))
    n.flatten()
    n.dense()
    yield n.end()


def values():
    n = Net("activations", 1, 28, 28, 1)
    for code, function in (("RELU", FUNCTIONS["relu"]), ("RELU6", FUNCTIONS["relu6"]), ("RELU_N1_TO_1", FUNCTIONS["relu_n1_to_1"]),
                           ("RELU_0_TO_1", lambda x: np.clip(x, 0, 1)), ("LOGISTIC", lambda x: 1 / (1 + np.exp(-x))),
                           ("TANH", np.tanh), ("ELU", lambda x: np.where(x > 0, x, np.expm1(x))), ("NEG", lambda x: -x),
                           ("HARD_SWISH", lambda x: x * np.clip(x / 6 + 0.5, 0, 1)), ("GELU", lambda x: x * (1 + erf(x / np.sqrt(2))) / 2)):
        n.conv(2, 3)
        n.op(code, function)
    n.conv(2, 1)
    n.op("LEAKY_RELU", lambda x: np.where(x > 0, x, 0.2 * x), options=[(0, "f", 0.2)])
    n.conv(2, 1)
    n.op("PRELU", lambda x, a: np.where(x > 0, x, a * x), n.const(rng.random((1, 1, 2))))
    n.conv(2, 1)
    n.op("MAXIMUM", np.maximum, n.const(0.1))
    n.op("MINIMUM", np.minimum, n.const(0.5))
    n.flatten()
    n.dense()
    yield n.end()
    n = Net("batch_norm", 1, 28, 28, 1)  # as it is converted where it cannot go into the layer before
    n.op("MUL", lambda x, y: x * y, n.const(2.0), options=[(0, "b", 0)])
    n.op("SUB", lambda x, y: x - y, n.const(0.3))
    n.op("DIV", lambda x, y: x / y, n.const(0.7))
    n.conv(3, activation="relu")
    n.op("MUL", lambda x, y: x * y, n.const(rng.random(3)))
    n.op("ADD", lambda x, y: np.maximum(x + y, 0), n.const(rng.random(3) - 0.5), options=[(0, "b", 1)])
    n.op("SUM", lambda x, _: x.sum((1, 2), keepdims=True), n.const([1, 2], "int32"), options=[(0, "b", 1)])
    n.reshape(3, code="SQUEEZE", by="result")
    n.dense()
    yield n.end()


def branches():
    n = Net("residual", 1, 28, 28, 1)
    a = n.conv(4, activation="relu")
    n.conv(4)
    n.op("ADD", lambda x, y: np.maximum(x + y, 0), a, options=[(0, "b", 1)])
    b = n.last
    n.op("MEAN", lambda x, _: x.mean((1, 2), keepdims=True), n.const([1, 2], "int32"), options=[(0, "b", 1)])
    n.conv(4, 1)
    gate = n.op("LOGISTIC", lambda x: 1 / (1 + np.exp(-x)))
    n.op("MUL", lambda x, y: x * y, gate, x=b)
    n.flatten()
    n.dense()
    yield n.end()
    n = Net("concatenation", 1, 28, 28, 1)
    a = n.conv(2, activation="relu")
    n.last = n.x
    b = n.conv(3, 1)
    n.op("CONCATENATION", lambda x, y, z: np.concatenate([x, y, z], 3), b, a, x=a, options=[(0, "i", 3)])
    n.op("SUB", lambda x, y: x - y, n.last)
    n.op("ADD", lambda x, y: x + y, n.conv(7, 1), x=n.last)
    n.pool("MAX_POOL_2D", (4, 4), (4, 4))
    n.flatten()
    n.dense()
    yield n.end()
    n = Net("shape_chain", 1, 28, 28, 1)  # as the converter writes Reshape where the number of images is open
    x = n.conv(2, activation="relu")
    n.op("SHAPE", None, shape=[4])
    s = n.op("STRIDED_SLICE_OF_ITS_OWN", None, shape=[])
    n.op("RESHAPE", lambda x, _: x.reshape(-1, 2 * 784), s, x=x)
    n.dense()
    yield n.end()


def whole(n, *shape, axis=0, dtype="int8"):
    """Weights in 8 bits, with a step for each place of the axis."""
    scale = rng.random(shape[axis]) * 0.01 + 0.001
    zero = np.zeros(shape[axis], int)
    return n.const(rng.integers(-127, 128, shape), dtype, ([*scale], [*zero], axis))


def quantized():
    n = Net("dynamic_range", 1, 28, 28, 1)
    n.conv(4, w=whole(n, 4, 3, 3, 1), activation="relu")
    n.depthwise(w=whole(n, 1, 3, 3, 4, axis=3))
    n.pool("MAX_POOL_2D", (4, 4), (4, 4))
    n.flatten()
    n.dense(w=n.const(rng.integers(-127, 128, (10, 196)), "int8", ([0.002], [0], 0)))
    yield n.end()
    n = Net("signs_left_out", 1, 784)  # of 2018: the type has no sign, the weights have
    w = rng.integers(-127, 128, (10, 784)).astype(np.int8)
    i = n.const(w.view(np.uint8), "uint8", ([0.002], [0], 0))
    n.value[i] = w * np.float64(np.float32(0.002))
    n.dense(w=i)
    yield n.end()
    n = Net("no_signs", 1, 28, 28, 1, dtype="uint8", steps=([1 / 255], [0], 0))
    n.flatten()
    n.dense(w=n.const(rng.integers(0, 255, (10, 784)), "uint8", ([0.003], [120], 0)))
    yield n.end()
    n = Net("half", 1, 784)
    half = n.const(rng.normal(0, 0.05, (10, 784)), "float16")
    w = n.op("DEQUANTIZE", lambda x: x, x=half, shape=[10, 784])
    n.last = n.x
    n.dense(w=w)
    yield n.end()
    n = Net("all_whole", 1, 28, 28, 1, dtype="uint8", steps=([1 / 255], [0], 0))
    n.op("QUANTIZE", lambda x: x)
    n.conv(2, w=whole(n, 2, 3, 3, 1), activation="relu")
    n.flatten()
    n.dense(w=whole(n, 10, 1568))
    n.end()
    yield n
    n = Net("cast", 1, 28, 28, 1, dtype="uint8")
    n.op("CAST", lambda x: x)
    n.flatten()
    n.dense()
    yield n.end()


def refused():
    def net(change, reason):
        n = Net("refused", 1, 28, 28, 1)
        change(n)
        n.flatten()
        n.dense()
        return n.end(), reason
    yield net(lambda n: n.op("MIRROR_PAD", lambda x: x), "the operator MIRROR_PAD is not read")
    yield net(lambda n: n.op("MyOwn?Operator", lambda x: x), "the operator MyOwn?Operator is not read")
    yield net(lambda n: n.op("RESHAPE", lambda x: x.reshape(-1, 784), shape=[]), "the operator RESHAPE is not read")
    yield net(lambda n: n.op("ADD", lambda x, y: x, n.last, options=[(0, "b", 5)]), "the operator SIGN_BIT is not read")
    yield net(lambda n: n.op("PADV2", lambda x, *_: x, n.const(np.ones((4, 2)), "int32"), n.const(1.0)), "anything but zeros")
    n, reason = net(lambda n: None, "has not as many values")
    n.tensors[3] = ([11, 784], *n.tensors[3][1:])
    yield n, reason
    n, reason = net(lambda n: None, "only those that are not zero")
    n.tensors[3] = (*n.tensors[3][:4], True)
    yield n, reason
    n, reason = net(lambda n: n.conv(2, w=whole(n, 2, 3, 3, 1)), "do not fit their tensor")
    n.tensors[1] = (*n.tensors[1][:3], ([0.1, 0.2, 0.3], [0, 0, 0], 0), False)
    yield n, reason
    n, reason = net(lambda n: None, "cut off or damaged")
    n.operators[0] = (*n.operators[0][:1], [99], *n.operators[0][2:])
    yield n, reason


# Files that TensorFlow Lite wants otherwise: made for many images, of whole numbers, with an operator that is not there.
NOT_THERE = ("batch", "shape_chain", "all_whole", "no_signs", "cast")


def lite_agrees(n, folder, expected):
    here, whole_weights = os.path.dirname(os.path.abspath(__file__)), n.name in ("dynamic_range", "signs_left_out")
    done = subprocess.run(["node", os.path.join(here, "run_tflite.js"), os.path.join(folder, n.name + ".tflite"), str(IMAGES)],
                          input=n.images.tobytes(), capture_output=True, check=False, env={**os.environ, "TFLITE_WASM": sys.argv[2]})
    if done.returncode:
        print(n.name, done.stderr.decode())
        return False
    difference = np.abs(n.probabilities(np.frombuffer(done.stdout, np.float32)) - expected).max()
    print(f"{n.name:20} TensorFlow Lite {difference:.1e}")
    return difference <= (0.01 if whole_weights else 1e-6)


def main():
    program, failed, count = sys.argv[1], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        def run(n):
            path = os.path.join(folder, n.name + ".tflite")
            with open(path, "wb") as file:
                file.write(n.file())
            return subprocess.run([program, path], input=n.images.tobytes(), capture_output=True, check=False)

        for group in (pictures, vectors, values, branches, quantized):
            for n in group():
                done, count = run(n), count + 1
                answers = np.frombuffer(done.stdout, np.float32).reshape(IMAGES, -1) if done.returncode == 0 else None
                expected = n.probabilities(n.value[n.last])
                ok = answers is not None and answers.shape == expected.shape and np.abs(answers - expected).max() <= LIMIT
                if not ok:
                    print(n.name, "DIFFERS", done.stderr.decode())
                failed += not ok or (len(sys.argv) > 2 and n.name not in NOT_THERE and not lite_agrees(n, folder, expected))
        for n, reason in refused():
            done = run(n)
            if done.returncode != 1 or reason not in done.stderr.decode():
                print(f"must be refused with '{reason}', but: {done.stderr.decode()}")
                failed += 1
    print(f"{count} networks")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
