"""Writes batching.json: what TensorFlow makes of sequences of unequal length, of groups, and of several datasets.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/batching.py

The input of a case is a list of lengths: element i is the vector 0, 1, ... of that length, int32; where the operation is
one on numbers, the lengths are the elements. `batching.test.ts` builds the same with millrace.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf

LENGTHS = [[], [3], [0, 0], [2, 0, 3, 1, 5], [4, 1, 2, 2]]
VECTOR = tf.TensorSpec([None], tf.int32)


def vectors(lengths):
    return tf.data.Dataset.from_generator(lambda: (np.arange(n, dtype=np.int32) for n in lengths), output_signature=VECTOR)


def numbers(values):
    return tf.data.Dataset.from_generator(lambda: iter(values), output_signature=tf.TensorSpec([], tf.int64))


def plain(element):
    if isinstance(element, tuple):
        return [plain(part) for part in element]
    return element.to_list() if hasattr(element, "to_list") else np.asarray(element).tolist()


def case(op, lengths, args, build):
    result = {"op": op, "lengths": lengths, "args": args}
    try:
        result["elements"] = [plain(element) for element in build().take(30)]
    except tf.errors.OpError as error:
        result["error"] = type(error).__name__
    return result


def padded(lengths, size, shape, value, drop):
    values = None if value is None else np.int32(value)
    return vectors(lengths).padded_batch(size, padded_shapes=[shape], padding_values=values, drop_remainder=drop)


def grouped(values, modulus, sizes):
    return numbers(values).group_by_window(
        key_func=lambda x: x % modulus,
        reduce_func=lambda key, window: window.batch(3).map(lambda batch: (key, batch)),
        window_size_func=lambda key: tf.gather(tf.constant(sizes, tf.int64), key),
    )


def bucketed(lengths, boundaries, sizes, boundary, drop, padding):
    return vectors(lengths).bucket_by_sequence_length(
        lambda x: tf.shape(x)[0],
        boundaries,
        sizes,
        pad_to_bucket_boundary=boundary,
        drop_remainder=drop,
        padding_values=None if padding is None else np.int32(padding),
    )


def chosen(lengths, choices, stop):
    datasets = [tf.data.Dataset.range(10 * i, 10 * i + n) for i, n in enumerate(lengths)]
    choice = tf.data.Dataset.from_generator(lambda: iter(choices), output_signature=tf.TensorSpec([], tf.int64))
    return tf.data.Dataset.choose_from_datasets(datasets, choice, stop_on_empty_dataset=stop)


def main():
    cases = []
    for lengths in LENGTHS:
        for size, drop in ((1, False), (2, False), (2, True), (9, False), (9, True)):
            cases.append(case("ragged", lengths, [size, drop], lambda: vectors(lengths).ragged_batch(size, drop)))
            for shape, value in ((None, None), (-1, 7), (5, None), (2, -1)):
                cases.append(
                    case("padded", lengths, [size, shape, value, drop], lambda: padded(lengths, size, shape, value, drop))
                )
    for values in ([], [4], [5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 1, 1, 1, 2]):
        for modulus, sizes in ((1, [2]), (3, [2, 2, 2]), (3, [1, 2, 3]), (6, [9, 9, 9, 9, 9, 9]), (2, [2, 0])):
            cases.append(case("group", values, [modulus, sizes], lambda: grouped(values, modulus, sizes)))
    for lengths in ([], [3], [1, 5, 3, 2, 8, 4, 9, 1, 2, 3, 7], [1, 2, 1, 4, 5, 5, 0]):
        for boundaries, sizes in (([3, 6], [2, 2, 2]), ([2], [3, 1]), ([3, 10], [2, 3, 1])):
            for boundary in (False, True):
                for drop, padding in ((False, None), (True, 9)):
                    cases.append(
                        case(
                            "bucket",
                            lengths,
                            [boundaries, sizes, boundary, drop, padding],
                            lambda: bucketed(lengths, boundaries, sizes, boundary, drop, padding),
                        )
                    )
    for lengths in ([3, 2, 0], [0], [2, 5]):
        for choices in ([], [0, 1, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1], [0, 5], [-1]):
            for stop in (False, True):
                if len(lengths) > max(choices, default=0) or 5 in choices:
                    cases.append(case("choose", lengths, [choices, stop], lambda: chosen(lengths, choices, stop)))
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("batching.json").write_text(text)


main()
