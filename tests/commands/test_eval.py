"""test_eval.py PROGRAM PICTURES DATA - `digitscope eval`: the scores are worked out a second time here, from the
probabilities that `predict` gives for the same images; that needs a program that opens pictures (PICTURES is ON).
"""
import math
import shutil
import statistics
import sys
import unittest

import fixtures
from fixtures import IDX, N_TEST, PICTURES, STATE, path, read, run, run_json, run_lines, write

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


def auc_of(scores, positive):
    pairs = [(p > n) + 0.5 * (p == n) for p, is_p in zip(scores, positive) if is_p
             for n, is_n in zip(scores, positive) if not is_n]
    return sum(pairs) / len(pairs)


class Eval(unittest.TestCase):
    KEYS = {"n", "errors", "accuracy", "loss", "ece", "confidence_right", "confidence_wrong", "unsure", "accuracy_when_sure",
            "parameters", "per_class",
            "confusion", "top_confusions", "auc", "when_sure", "hardest", "doubted"}

    def scores(self, *words):
        return run_json("eval", "--data", IDX, "--state", STATE, *words)

    def test_consistent(self):
        s = self.scores("--model", "toy-1")
        self.assertLessEqual(self.KEYS, set(s))
        confusion = s["confusion"]
        right = sum(confusion[i][i] for i in range(10))
        self.assertEqual(s["n"], N_TEST)
        self.assertEqual(sum(map(sum, confusion)), N_TEST)
        self.assertEqual(s["errors"], N_TEST - right)
        self.assertAlmostEqual(s["accuracy"], right / N_TEST)
        self.assertGreater(s["accuracy"], 0.8)
        for k, row in enumerate(s["per_class"]):
            self.assertEqual(row["label"], str(k))
            self.assertEqual(row["support"], sum(confusion[k]))
            self.assertAlmostEqual(row["recall"], confusion[k][k] / sum(confusion[k]))
            self.assertAlmostEqual(row["precision"], confusion[k][k] / max(1, sum(r[k] for r in confusion)))
        for worse, better in zip(s["top_confusions"], s["top_confusions"][1:]):
            self.assertGreaterEqual(worse["n"], better["n"])
        for c in s["top_confusions"]:
            self.assertEqual(confusion[c["true"]][c["predicted"]], c["n"])

    def test_threads_do_not_matter(self):
        one, three = (self.scores("--model", "toy-1", "--threads", n) for n in "13")
        self.assertEqual(one, three)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_against_probabilities(self):
        names = [write(f"test-{i}.pgm", b"P5 28 28 255\n" + image) for i, image in enumerate(fixtures.IMAGES)]
        lists = [[line["probabilities"] for line in run_lines("predict", "--as-is", "--model", model, "--state", STATE, *names)]
                 for model in ("toy-1", "toy-2")]
        mean = [[(a + b) / 2 for a, b in zip(*rows)] for rows in zip(*lists)]
        for words, rows in [(["toy-1"], lists[0]), (["toy-1", "toy-2"], mean), (["toy"], mean)]:
            self.check_scores(self.scores("--model", *words), rows)
        single = self.scores("--model", "toy-1")["parameters"]
        self.assertEqual(self.scores("--model", "toy")["parameters"], 2 * single)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_unsure_is_what_predict_calls_so(self):
        names = [write(f"test-{i}.pgm", b"P5 28 28 255\n" + image) for i, image in enumerate(fixtures.IMAGES)]
        answers = run_lines("predict", "--as-is", "--model", "toy-1", "--state", STATE, *names)
        sure = [a["digit"] == label for a, label in zip(answers, fixtures.LABELS) if not a["unsure"]]
        s = self.scores("--model", "toy-1")
        self.assertTrue(0 < len(sure) < N_TEST)
        self.assertAlmostEqual(s["unsure"], 1 - len(sure) / N_TEST)
        self.assertAlmostEqual(s["accuracy_when_sure"], sum(sure) / len(sure))

    def check_scores(self, s, rows):
        best = [max(range(10), key=row.__getitem__) for row in rows]
        bins = [[] for _ in range(15)]
        for row, b, label in zip(rows, best, fixtures.LABELS):
            bins[min(14, int(row[b] * 15))].append((row[b], b == label))
        gaps = [abs(sum(c for c, _ in bin) - sum(r for _, r in bin)) for bin in bins]
        self.assertAlmostEqual(s["accuracy"], sum(b == label for b, label in zip(best, fixtures.LABELS)) / N_TEST)
        self.assertAlmostEqual(s["loss"], sum(-math.log(r[label]) for r, label in zip(rows, fixtures.LABELS)) / N_TEST, places=5)
        self.assertAlmostEqual(s["ece"], sum(gaps) / N_TEST, places=5)
        for key, wanted in ("confidence_right", True), ("confidence_wrong", False):
            sure = [c for bin in bins for c, right in bin if right == wanted]
            self.assertTrue(sure)
            self.assertAlmostEqual(s[key], sum(sure) / len(sure), places=5)
        for k, row in enumerate(s["auc"]):
            self.assertAlmostEqual(row["auc"], auc_of([r[k] for r in rows], [label == k for label in fixtures.LABELS]), places=6)

        self.check_sure(s, rows, best)
        self.check_lists(s, rows, best)

    def check_sure(self, s, rows, best):
        self.assertGreater(len(s["when_sure"]), 5)
        for level in s["when_sure"]:
            answered = [b == label for row, b, label in zip(rows, best, fixtures.LABELS) if row[b] >= level["sure"]]
            self.assertAlmostEqual(level["withheld"], 1 - len(answered) / N_TEST)
            if answered:
                self.assertAlmostEqual(level["wrong"], 1 - sum(answered) / len(answered))
            else:
                self.assertIsNone(level["wrong"])

    def check_lists(self, s, rows, best):
        hardest = sorted(range(N_TEST), key=lambda i: rows[i][fixtures.LABELS[i]])[:20]
        for found, i in zip(s["hardest"], hardest):
            self.assertAlmostEqual(found["probability"], rows[i][fixtures.LABELS[i]], places=5)
            self.assertEqual((found["true"], found["predicted"]), (fixtures.LABELS[found["image"]], best[found["image"]]))
        expected = [statistics.mean(row[k] for row, label in zip(rows, fixtures.LABELS) if label == k) for k in range(10)]
        doubted = [i for i, (row, b) in enumerate(zip(rows, best)) if b != fixtures.LABELS[i] and row[b] >= min(expected[b], 0.95)]
        doubted.sort(key=lambda i: -rows[i][best[i]])
        self.assertEqual([d["index"] for d in s["doubted"]], doubted[:20])
        for d in s["doubted"]:
            self.assertEqual((d["label"], d["read"]), (str(fixtures.LABELS[d["index"]]), str(best[d["index"]])))

    def test_several_models_are_scored_on_their_own_too(self):
        first, second = self.scores("--model", "toy-1"), self.scores("--model", "toy-2")
        self.assertNotIn("models", first)
        both = self.scores("--model", "toy-1", "toy-2")
        self.assertEqual([m["name"] for m in both["models"]], ["toy-1", "toy-2"])
        for alone, m in zip((first, second), both["models"]):
            self.assertEqual((m["errors"], m["accuracy"]), (alone["errors"], alone["accuracy"]))
        c = both["compared"]
        self.assertEqual(sum(c.values()), N_TEST)
        self.assertEqual(c["second_only"] + c["both_wrong"], first["errors"])
        self.assertEqual(c["first_only"] + c["both_wrong"], second["errors"])
        self.assertGreater(c["first_only"], 0)
        three = self.scores("--model", "toy-1", "toy-2", "toy")
        self.assertNotIn("compared", three)
        self.assertEqual(len(three["models"]), 3)

    def test_table(self):
        text = run("eval", "--data", IDX, "--state", STATE, "--model", "toy-1").stdout
        self.assertIn("toy-1 on 200 test images", text)
        self.assertIn("accuracy", text)

    def test_bad_data(self):
        done = run("eval", "--data", path("nowhere"), "--model", "toy-1", "--state", STATE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nowhere: cannot open", done.stderr)
        other = path("cut")
        shutil.copytree(IDX, other)
        write("cut/t10k-images-idx3-ubyte", read("idx/t10k-images-idx3-ubyte")[:-1])
        done = run("eval", "--data", other, "--model", "toy-1", "--state", STATE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("t10k-images-idx3-ubyte: cut short", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
