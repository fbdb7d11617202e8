"""Writes flow.json: what TensorFlow gives for the operations that choose, expand, window and fold elements.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/flow.py

A case is a source and steps, as lists of a name and arguments; `flow.test.ts` builds the same with millrace. Of an
endless dataset the first ten elements are taken. Cardinality: TensorFlow's number, -1 for infinite, -2 for unknown. Where
the run fails, `error` is the name of the error's class.
"""

import itertools
import json
import pathlib

import numpy as np
import tensorflow as tf

Dataset = tf.data.Dataset

LENGTHS = [[], [0], [3], [0, 0], [2, 0, 5, 3, 0, 0, 1, 4], [1, 2, 3, 4, 5], [7, 1, 1, 1, 6], [0, 4, 0, 2]]


def below(x, limit):
    return x < limit


def inner(i, n):
    def label(j):
        return i * 10 + j

    return Dataset.range(n).map(label)


def total(state, x):
    return state + x, state * 2 + x


def make(source):
    name, *args = source
    if name == "lengths":
        return Dataset.from_tensor_slices(tf.constant(args[0], tf.int64)).enumerate()
    if name == "values":
        return Dataset.from_tensor_slices(args[0])
    if name == "pairs":
        return Dataset.range(args[0]).enumerate(5)
    return getattr(Dataset, name)(*args)


def batches(window):
    if isinstance(window, tuple):
        return Dataset.zip(tuple(part.batch(100) for part in window))
    return window.batch(100)


def apply(dataset, step):
    name, *args = step
    if name == "takeWhile":
        return dataset.take_while(lambda x: below(x, args[0]))
    if name == "unknown":
        return dataset.filter(lambda x: x >= 0)
    if name == "assertCardinality":
        return dataset.apply(tf.data.experimental.assert_cardinality(args[0]))
    if name == "flatMap":
        return dataset.flat_map(inner)
    if name == "interleave":
        cycle, block, calls = args
        return dataset.interleave(inner, cycle_length=cycle, block_length=block, num_parallel_calls=calls, deterministic=True)
    if name == "batch":
        return dataset.batch(args[0], drop_remainder=args[1])
    if name in ("window", "windowSizes", "slidingBatch"):
        size, shift, stride, drop = args
        windows = dataset.window(size, shift=shift, stride=stride, drop_remainder=drop)
        if name == "window":
            return windows.flat_map(lambda window: window)
        if name == "windowSizes":
            return windows.map(lambda window: window.cardinality())
        return windows.flat_map(lambda *window: batches(window if len(window) > 1 else window[0]))
    if name == "scan":
        return dataset.scan(np.int64(args[0]), total)
    if name == "rebatch":
        return dataset.rebatch(args[0], drop_remainder=args[1])
    return getattr(dataset, name)(*args)


def plain(element):
    if isinstance(element, (tuple, list)):
        return [plain(part) for part in element]
    if isinstance(element, bytes):
        return element.decode()
    array = np.asarray(element)
    return [plain(part) for part in array] if array.dtype == object else array.tolist()


def case(source, *steps):
    dataset = make(source)
    for step in steps:
        dataset = apply(dataset, step)
    result = {"source": source, "steps": steps, "cardinality": int(dataset.cardinality())}
    try:
        result["elements"] = [plain(element) for element in itertools.islice(dataset.as_numpy_iterator(), 40)]
    except tf.errors.OpError as error:
        result["error"] = type(error).__name__
    return result


def endless(source, *steps):
    return case(source, *steps, ["take", 10])


def choosing():
    for length in (0, 1, 5):
        for limit in (0, 3, 9):
            yield case(["range", length], ["takeWhile", limit])
        for shards, index in ((1, 0), (2, 0), (2, 1), (3, 2), (9, 8)):
            yield case(["range", length], ["shard", shards, index])
            yield case(["range", length], ["unknown"], ["shard", shards, index])
        for count in (0, 1, 5, 6) if length > 0 else (0,):
            yield case(["range", length], ["unknown"], ["assertCardinality", count])
    yield endless(["range", 5], ["repeat"], ["takeWhile", 9])
    yield endless(["range", 5], ["repeat"], ["shard", 3, 1])
    yield case(["range", 5], ["takeWhile", 3], ["repeat", 2])
    for args in ([], [5], [5, 2], [5, -2], [5, 0]):
        yield endless(["counter", *args])
        yield endless(["counter", *args], ["shard", 3, 1])


def expanding():
    for lengths in LENGTHS:
        yield case(["lengths", lengths], ["flatMap"])
        for cycle in (1, 2, 3, 4, 9):
            for block in (1, 2, 3, 9):
                yield case(["lengths", lengths], ["interleave", cycle, block, None])
        for cycle, block, calls in ((2, 1, 2), (3, 2, 2), (9, 2, 4)):
            yield case(["lengths", lengths], ["interleave", cycle, block, calls])
    yield endless(["lengths", [2, 1]], ["repeat"], ["interleave", 3, 1, None])
    yield endless(["lengths", [2, 1]], ["repeat"], ["flatMap"])


def windowing():
    for length in (0, 1, 7):
        for size in (1, 3, 9):
            for shift in (None, 1, 2, 5):
                for stride in (1, 2):
                    for drop in (False, True):
                        yield case(["range", length], ["slidingBatch", size, shift, stride, drop])
    for size, shift, stride, drop in ((3, None, 1, False), (3, 2, 2, False), (9, 1, 1, False), (3, 2, 1, True)):
        yield case(["range", 7], ["windowSizes", size, shift, stride, drop])
    yield case(["range", 7], ["window", 3, 2, 1, False])
    yield case(["range", 7], ["batch", 2, False], ["window", 3, 2, 1, False])
    yield case(["range", 8], ["batch", 2, False], ["slidingBatch", 3, 1, 1, False])
    yield case(["pairs", 7], ["slidingBatch", 3, 2, 1, False])
    yield endless(["range", 5], ["repeat"], ["slidingBatch", 3, 2, 2, True])


def folding():
    for length in (0, 1, 5):
        yield case(["range", length], ["scan", 3])
    yield endless(["range", 5], ["repeat"], ["scan", 0])
    for values in ([1, 37, 2, 37, 2, 1], [1], ["b", "a", "", "b", "a", "c"], [0, 0, 0]):
        yield case(["values", values], ["unique"])
    yield case(["range", 0], ["unique"])
    for length in (0, 5, 12):
        for size, drop_first in ((4, False), (4, True), (1, False)):
            for sizes in (1, 3, 4, 9, [3, 2], [1, 5, 2]):
                for drop in (False, True):
                    yield case(["range", length], ["batch", size, drop_first], ["rebatch", sizes, drop])
    yield case(["pairs", 7], ["batch", 3, False], ["rebatch", 2, False])
    yield endless(["range", 5], ["repeat"], ["batch", 4, False], ["rebatch", [3, 2], False])


def main():
    cases = [*choosing(), *expanding(), *windowing(), *folding()]
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("flow.json").write_text(text)


main()
