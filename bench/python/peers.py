"""Peers of the benchmarks in Python, each in the form its users write.

A line on standard input names a peer, a count of elements, and files where it reads some; the answer is a line with the elements gone through, or
with "error" and why not. The process stays up, so that start-up and the making of data are not part of the times.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

pixels = 784


def pictures(count):
    images = np.arange(count * pixels, dtype=np.uint8).reshape(count, pixels)
    labels = (np.arange(count) % 10).astype(np.int32)
    return images, labels


def tf_slices(count):
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices(pictures(count)).shuffle(count).batch(128)
    return lambda: sum(1 for _ in dataset)


def tf_chain(count):
    import tensorflow as tf

    dataset = tf.data.Dataset.range(count).map(lambda x: x * 2).filter(lambda x: x % 3 == 0).batch(128)
    return lambda: sum(1 for _ in dataset)


def torch_slices(count):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    images, labels = pictures(count)
    dataset = TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
    loader = DataLoader(dataset, batch_size=128, shuffle=True)
    return lambda: sum(1 for _ in loader)


def tf_records(batch, **options):
    def peer(_, *files):
        import tensorflow as tf

        # In batches, so that the step into Python is not what is timed.
        dataset = tf.data.TFRecordDataset(list(files), **options).batch(batch)
        return lambda: sum(1 for _ in dataset)

    return peer


peers = {
    "tf_records": tf_records(1000),
    "tf_gzip": tf_records(1000, compression_type="GZIP"),
    "tf_long": tf_records(10),
    "tf_long_parallel": tf_records(10, num_parallel_reads=2),
    "tf_slices": tf_slices,
    "tf_chain": tf_chain,
    "torch_slices": torch_slices,
}
made = {}

for line in sys.stdin:
    peer, count, *files = line.split()
    try:
        if line not in made:
            made[line] = peers[peer](int(count), *files)
        made[line]()
        print(count, flush=True)
    except Exception as error:  # a package that is not there, most of all
        print("error", str(error).replace("\n", " "), flush=True)
