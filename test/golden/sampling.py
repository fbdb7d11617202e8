"""Writes sampling.json: what TensorFlow gives for choices among datasets, at the edges, and resampling.json: what it gives
for rejection_resample of a range, by parity, where chance decides nothing.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/sampling.py

A case is datasets, choices and stop_on_empty_dataset; `sampling.test.ts` builds the same with millrace. Datasets and
choices are given as lists; [list, times] repeats one, for ever by -1. At most twelve elements are taken. Where TensorFlow
fails, `failsAfter` is the number of elements before that, and the elements go on after the failure.
"""

import itertools
import json
import pathlib

import tensorflow as tf

INPUTS = [
    [[[0, 1], 1], [[100, 101, 102], 1]],
    [[[], 1], [[100, 101, 102], 1]],
    [[[0], 1], [[], 1]],
    [[[], 1], [[], 1]],
    [[[0, 1], -1], [[100], 1]],
    [[[0, 1], -1], [[100, 101], -1]],
    [[[0, 1, 2], 1]],
    [[[0], 1], [[100, 101], 1], [[200, 201, 202], 1]],
]
CHOICES = [
    [[], 1],
    [[0], 1],
    [[1, 0], 1],
    [[0, 0, 0, 0], 1],
    [[0, 0, 1, 0, 1, 1, 0, 1, 1], 1],
    [[0, 1], -1],
    [[0, 1, 2], -1],
    [[0, 2, 1, 1], 1],
    [[0, -1, 0], 1],
]

DISTRIBUTIONS = [([0.5, 0.5], [0.0, 1.0]), ([0.5, 0.5], [1.0, 0.0]), ([0.5, 0.5], [0.5, 0.5]), ([0.25, 0.75], [0.25, 0.75])]


def dataset(spec):
    values, times = spec
    return tf.data.Dataset.from_tensor_slices(tf.constant(values, tf.int64)).repeat(times)


def elements(pipeline):
    """The elements, and how many came before the first failure."""
    iterator = iter(pipeline)
    found, fails_after = [], None
    while len(found) < 12:
        try:
            found.append(int(next(iterator)))
        except StopIteration:
            break
        except tf.errors.InvalidArgumentError:
            fails_after = len(found) if fails_after is None else fails_after
            # An endless choice may fail for ever.
            if pipeline.choice_times == -1:
                break
    return found, fails_after


def main():
    cases = []
    for inputs, choices, stop in itertools.product(INPUTS, CHOICES, (True, False)):
        if not stop and choices[1] == -1 and len(inputs) > len(choices[0]):
            # TensorFlow searches for ever once the datasets that are chosen have ended.
            continue
        pipeline = tf.data.Dataset.choose_from_datasets([dataset(one) for one in inputs], dataset(choices), stop)
        pipeline.choice_times = choices[1]
        found, fails_after = elements(pipeline)
        cases.append({"inputs": inputs, "choices": choices, "stop": stop, "elements": found, "failsAfter": fails_after})
    write("sampling.json", cases)
    resampled = []
    for length, (initial, target) in itertools.product((0, 1, 6), DISTRIBUTIONS):
        pipeline = tf.data.Dataset.range(length).rejection_resample(lambda x: tf.cast(x % 2, tf.int32), target, initial)
        pairs = [[int(found), int(x)] for found, x in pipeline]
        resampled.append({"length": length, "initial": initial, "target": target, "elements": pairs})
    write("resampling.json", resampled)


def write(name, cases):
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name(name).write_text(text)


main()
