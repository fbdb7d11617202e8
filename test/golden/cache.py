"""Writes cache.json: what TensorFlow's caches and snapshots give, and how often the function before them is called.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/cache.py

A case is a kind, a length and passes; `cache.test.ts` does the same with millrace.
"""

import json
import pathlib
import tempfile

import tensorflow as tf

PASSES = {
    "all": lambda kept: kept,
    "take 0": lambda kept: kept.take(0),
    "take 2": lambda kept: kept.take(2),
    "take 4": lambda kept: kept.take(4),
    "skip 2": lambda kept: kept.skip(2),
    "repeat 3": lambda kept: kept.repeat(3),
    "twice": lambda kept: kept.concatenate(kept),
    "zip": lambda kept: tf.data.Dataset.zip((kept, kept)).map(lambda a, b: a + b),
}


def saved(dataset, folder):
    dataset.save(folder + "/saved")
    return tf.data.Dataset.load(folder + "/saved")


KINDS = {
    "saved": saved,
    "memory": lambda dataset, folder: dataset.cache(),
    "disk": lambda dataset, folder: dataset.cache(folder + "/cache"),
    "snapshot": lambda dataset, folder: dataset.snapshot(folder + "/snapshot"),
}


def case(kind, length, names):
    calls = 0

    def count(x):
        nonlocal calls
        calls += 1
        return x * 10

    source = tf.data.Dataset.range(length).map(lambda x: tf.py_function(count, [x], tf.int64))
    passes = []
    with tempfile.TemporaryDirectory() as folder:
        kept = KINDS[kind](source, folder)
        for name in names:
            elements = [int(x) for x in PASSES[name](kept).as_numpy_iterator()]
            passes.append({"pass": name, "elements": elements, "calls": calls})
    return {"kind": kind, "length": length, "passes": passes}


def main():
    cases = []
    for kind in KINDS:
        for length in (0, 1, 4):
            cases.append(case(kind, length, ["all", "all"]))
        cases.append(case(kind, 4, ["skip 2", "all"]))
        # A snapshot is written by threads of its own, which read on after the pass was left.
        if kind not in ("snapshot", "saved"):
            cases.append(case(kind, 4, ["take 0", "all", "all"]))
            cases.append(case(kind, 4, ["take 2", "all", "all"]))
            cases.append(case(kind, 4, ["repeat 3", "all"]))
        # Files are locked by the pass that writes them.
        if kind == "memory":
            cases.append(case(kind, 4, ["take 4", "all"]))
            cases.append(case(kind, 4, ["twice", "all"]))
            cases.append(case(kind, 4, ["zip", "all"]))
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("cache.json").write_text(text)


main()
