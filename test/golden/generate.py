"""Writes sequences.json: what TensorFlow gives for each operation that millrace has too, at the edges.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/generate.py

A case is a source and steps, as lists of a name and arguments; `sequences.test.ts` builds the same with millrace. Of an
endless dataset the first ten elements are taken. Cardinality: TensorFlow's number, -1 for infinite, -2 for unknown.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf

RANGES = [[0], [1], [5], [2, 5], [5, 2], [5, 2, -1], [5, 0, -2], [6, 0, -2], [-3, 4, 3], [0, 10, 4], [0, -5], [3, 3], [0, 5, 100]]

STEPS = {
    "batch": [["batch", n, drop] for n in (1, 2, 9) for drop in (False, True)],
    "take": [["take", n] for n in (-2, -1, 0, 4, 5, 6)],
    "skip": [["skip", n] for n in (-2, -1, 0, 4, 5, 6)],
    "repeat": [["repeat", n] for n in (-2, -1, 0, 1, 2)],
    "enumerate": [["enumerate", n] for n in (0, 1, -3)],
    "filter": [["filter", "none"], ["filter", "odd"], ["filter", "all"]],
    "map": [["map"]],
    "prefetch": [["prefetch", n] for n in (0, 1, 9)],
    "concatenate": [["concatenate", n] for n in (0, 1, 5)],
    "zip": [["zip", n] for n in (0, 5, 9)],
    "concatenateEndless": [["concatenateEndless"]],
    "zipEndless": [["zipEndless"]],
    "zipUnknown": [["zipUnknown", n] for n in (0, 3)],
    "concatenateUnknown": [["concatenateUnknown"]],
    "unbatch": [["unbatch"]],
    "zipNested": [["zipNested", n] for n in (0, 3, 9)],
    "zipAlone": [["zipAlone"]],
}

SHORT = ("enumerate", "map", "prefetch", "concatenate", "concatenateEndless", "zipEndless", "zipAlone")

PREDICATES = {
    "none": lambda x: x < -99,
    "odd": lambda x: x % 2 == 1,
    "all": lambda x: x > -99,
}


def unknown(n):
    return tf.data.Dataset.range(n).filter(lambda x: x >= 0)


def apply(dataset, step):
    name, *args = step
    if name == "batch":
        return dataset.batch(args[0], drop_remainder=args[1])
    if name == "filter":
        return dataset.filter(PREDICATES[args[0]])
    if name == "map":
        return dataset.map(lambda x: x * 2)
    if name == "concatenate":
        return dataset.concatenate(tf.data.Dataset.range(100, 100 + args[0]))
    if name == "concatenateEndless":
        return dataset.concatenate(tf.data.Dataset.range(1).repeat())
    if name == "concatenateUnknown":
        return dataset.concatenate(unknown(2))
    if name == "zip":
        return tf.data.Dataset.zip((dataset, tf.data.Dataset.range(args[0])))
    if name == "zipEndless":
        return tf.data.Dataset.zip((dataset, tf.data.Dataset.range(1).repeat()))
    if name == "zipUnknown":
        return tf.data.Dataset.zip((dataset, unknown(args[0])))
    if name == "zipNested":
        other = tf.data.Dataset.range(args[0])
        return tf.data.Dataset.zip({"b": dataset, "a": (other, {"c": dataset.map(lambda x: x * 2), "none": ()})})
    if name == "zipAlone":
        return tf.data.Dataset.zip(dataset)
    return getattr(dataset, name)(*args)


def plain(element):
    if isinstance(element, (tuple, list)):
        return [plain(part) for part in element]
    if isinstance(element, dict):
        return {key: plain(part) for key, part in element.items()}
    return np.asarray(element).tolist()


def case(source, steps, reduced=False):
    dataset = tf.data.Dataset.range(*source)
    for step in steps:
        dataset = apply(dataset, step)
    cardinality = int(dataset.cardinality())
    elements = [plain(element) for element in dataset.take(10).as_numpy_iterator()]
    result = {"source": source, "steps": steps, "elements": elements, "cardinality": cardinality}
    if reduced:
        result["sum"] = int(dataset.reduce(np.int64(0), lambda total, x: total + x))
    return result


def main():
    cases = [case(source, [], reduced=True) for source in RANGES]
    for steps in STEPS.values():
        for step in steps:
            if step[0] == "unbatch":
                continue
            for length in (0, 5) if step[0] in SHORT else (0, 1, 5):
                cases.append(case([length], [step]))
    for size, drop in ((1, False), (2, False), (2, True), (9, False), (9, True)):
        cases.append(case([5], [["batch", size, drop], ["unbatch"]]))
        cases.append(case([5], [["batch", size, drop], ["batch", 2, False]] if size < 3 and drop else [["batch", 1, False]]))
    cases.append(case([0], [["batch", 2, False], ["unbatch"]]))
    # What is unknown or infinite, through every step.
    for first in (["filter", "odd"], ["repeat", -1]):
        for steps in STEPS.values():
            for step in steps:
                if step[0] == "unbatch" or step == ["filter", "none"] or (step[0] == "batch" and step[1] == 9):
                    continue
                if first[0] == "repeat" and step in (["skip", -1], ["skip", -2]):
                    continue
                cases.append(case([5], [first, step]))
        cases.append(case([5], [first, ["batch", 2, False], ["unbatch"]]))
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("sequences.json").write_text(text)


main()
