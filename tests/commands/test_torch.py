"""test_torch.py PROGRAM PICTURES DATA - `digitscope import` of PyTorch's files and foreign safetensors: the shipped networks, as Python's own
pickle writes them, are found again by the sizes of their weights and answer the same."""
import argparse
import collections
import io
import json
import os
import pickle
import random
import struct
import sys
import types
import unittest
import zipfile

import fixtures
from fixtures import IDX, path, read, run, run_json, write

tearDownModule = fixtures.tearDownModule
NETWORKS = ["lenet5", "mlp"]


def fake(module, name, made):
    """A name that pickle finds in a module that is not there."""
    made.__module__, made.__qualname__, made.__name__ = module, name, name
    setattr(sys.modules.setdefault(module, types.ModuleType(module)), name, made)
    return made


rebuild = fake("torch._utils", "_rebuild_tensor_v2", lambda *_: None)
rebuild_parameter = fake("torch._utils", "_rebuild_parameter", lambda *_: None)
rebuild_typed = fake("torch._tensor", "_rebuild_from_type_v2", lambda *_: None)
FloatStorage, LongStorage, Buffer, Net = (fake(module, name, type(name, (), {})) for module, name in
                                          (("torch", "FloatStorage"), ("torch", "LongStorage"), ("torch.nn", "Buffer"), ("__main__", "Net")))


class Storage:
    def __init__(self, values, kind=FloatStorage):
        self.values, self.kind, self.key = values, kind, None


class Tensor:
    def __init__(self, shape, storage):
        self.shape, self.storage = tuple(shape), storage

    def arguments(self):
        strides = [1]
        for size in reversed(self.shape[1:]):
            strides.insert(0, strides[0] * size)
        return self.storage, 0, self.shape, tuple(strides[:len(self.shape)]), False, collections.OrderedDict()

    def __reduce__(self):
        return rebuild, self.arguments()


class Parameter(Tensor):
    def __reduce__(self):
        return rebuild_parameter, (Tensor(self.shape, self.storage), True, collections.OrderedDict())


class Typed(Tensor):
    def __reduce__(self):
        return rebuild_typed, (rebuild, Buffer, self.arguments(), {})


class Pickler(pickle.Pickler):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.storages = []

    def persistent_id(self, obj):
        if not isinstance(obj, Storage):
            return None
        if obj.key is None:
            obj.key = str(len(self.storages))
            self.storages.append(obj)
        return "storage", obj.kind, obj.key, "cpu", len(obj.values) // (4 if obj.kind is FloatStorage else 8)


def torch_save(name, value, protocol=2):
    stream = io.BytesIO()
    pickler = Pickler(stream, protocol)
    pickler.dump(value)
    with zipfile.ZipFile(path(name), "w") as file:
        file.writestr("archive/data.pkl", stream.getvalue())
        for storage in pickler.storages:
            file.writestr(f"archive/data/{storage.key}", storage.values)
        file.writestr("archive/version", "3\n")
    return path(name)


def exported(model):
    """The model's tensors as PyTorch has them."""
    file = path(f"{model}.pt.safetensors")
    if run("export", model, "--out", file).returncode != 0:
        raise AssertionError(model)
    data = read(f"{model}.pt.safetensors")
    size = struct.unpack("<Q", data[:8])[0]
    header, values = json.loads(data[8:8 + size]), data[8 + size:]
    del header["__metadata__"]
    return {name: (row["shape"], values[slice(*row["data_offsets"])]) for name, row in header.items()}


def state(model, kind=Tensor):
    tensors = collections.OrderedDict((name, kind(shape, Storage(values))) for name, (shape, values) in exported(model).items())
    for name in list(tensors):
        if name.endswith("running_mean"):
            tensors[name.replace("running_mean", "num_batches_tracked")] = Tensor((), Storage(struct.pack("<q", 7), LongStorage))
    return tensors


def write_safetensors(name, tensors):
    header, values = {}, b""
    for key in sorted(tensors):
        shape, bytes_of = tensors[key]
        header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [len(values), len(values) + len(bytes_of)]}
        values += bytes_of
    text = json.dumps(header).encode()
    return write(name, struct.pack("<Q", len(text)) + text + values)


@unittest.skipUnless("PyTorch" in run("import", "--help").stdout, "no import")
class Torch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.makedirs(IDX)
        fixtures.make_part("train", 60, random.Random(1))
        fixtures.make_part("t10k", 200, random.Random(2))

    def expect(self, file, model):
        """The same layers with weights, and the same answers, where the convention is the one that the network has."""
        out = path("imported.safetensors")
        done = run("import", file, "--out", out, "--convention", "x/255")
        if "libzip" in done.stderr:
            self.skipTest("built without libzip")
        self.assertEqual(done.returncode, 0, done.stderr)
        ours, theirs = ([(row["kind"], row["output"]) for row in run_json("info", name)["shapes"] if row["parameters"]] for name in (model, out))
        self.assertEqual(ours, theirs)
        a, b = (run_json("eval", "--model", name, "--data", IDX) for name in (model, out))
        self.assertEqual(a["errors"], b["errors"])

    def test_networks_are_found_again(self):
        for model in NETWORKS:
            with self.subTest(model):
                self.expect(torch_save(f"{model}.pt", state(model)), model)

    def test_safetensors_in_the_order_of_their_names(self):
        for model in NETWORKS:
            with self.subTest(model):
                self.expect(write_safetensors("foreign.safetensors", exported(model)), model)

    def test_checkpoints_hold_more(self):
        self.expect(torch_save("lightning.ckpt", {
            "epoch": 3, "state_dict": state("lenet5", Parameter), "hyper_parameters": argparse.Namespace(lr=0.1), "loops": {"fit": {"done": True}},
            "optimizer_states": [{"state": {0: {"exp_avg": Tensor((2,), Storage(struct.pack("<2f", 1, 2)))}}}]}, 4), "lenet5")
        self.expect(torch_save("typed.pt", state("lenet5", Typed)), "lenet5")

    def test_a_module_is_named(self):
        net = Net()
        net.layers = {"fc": Tensor((2,), Storage(struct.pack("<2f", 1, 2)))}
        done = run("import", torch_save("module.pt", net))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "class Net|libzip|cannot read")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
