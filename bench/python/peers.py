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


def torch_workers(count):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    images, labels = pictures(count)
    dataset = TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
    loader = DataLoader(dataset, batch_size=128, shuffle=True, num_workers=2, persistent_workers=True)
    return lambda: sum(1 for _ in loader)


def tf_records(batch, **options):
    def peer(_, *files):
        import tensorflow as tf

        # In batches, so that the step into Python is not what is timed.
        dataset = tf.data.TFRecordDataset(list(files), **options).batch(batch)
        return lambda: sum(1 for _ in dataset)

    return peer


def features(tf):
    spec = {name: tf.io.FixedLenFeature([], dtype) for name, dtype in (("image_raw", tf.string), ("label", tf.int64))}
    return spec, lambda parsed, shape: (
        tf.reshape(tf.io.decode_raw(parsed["image_raw"], tf.uint8), shape),
        parsed["label"],
    )


def tf_parse_batches(_, *files):
    """The fastest form: batches are parsed, by as many threads as help."""
    import tensorflow as tf

    spec, decode = features(tf)
    parse = lambda records: decode(tf.io.parse_example(records, spec), [-1, 28, 28, 1])
    auto = tf.data.AUTOTUNE
    dataset = tf.data.TFRecordDataset(list(files)).batch(128).map(parse, num_parallel_calls=auto).prefetch(auto)
    return lambda: sum(1 for _ in dataset)


def tf_parse_single(_, *files):
    """The usual form: each record is parsed, then they are batched."""
    import tensorflow as tf

    spec, decode = features(tf)
    parse = lambda record: decode(tf.io.parse_single_example(record, spec), [28, 28, 1])
    dataset = tf.data.TFRecordDataset(list(files)).map(parse).batch(128)
    return lambda: sum(1 for _ in dataset)


def tf_prefetched(_, *files):
    import tensorflow as tf

    dataset = tf.data.TFRecordDataset(list(files), buffer_size=1 << 20).prefetch(4)
    return lambda: sum(1 for _ in dataset)


def tf_write(count, file):
    import tensorflow as tf

    image = bytes(i * 7 % 256 for i in range(pixels))

    def feature(kind, value):
        return tf.train.Feature(**{kind: type_of[kind](value=[value])})

    type_of = {"bytes_list": tf.train.BytesList, "int64_list": tf.train.Int64List}

    def write():
        with tf.io.TFRecordWriter(file) as writer:
            for i in range(count):
                parts = {
                    "image_raw": feature("bytes_list", image),
                    "label": feature("int64_list", i % 10),
                    "pixels": feature("int64_list", pixels),
                }
                example = tf.train.Example(features=tf.train.Features(feature=parts))
                writer.write(example.SerializeToString())

    return write


def picture():
    return np.random.default_rng(1).integers(0, 256, (375, 500, 3), dtype=np.uint8)


def tf_resize(count):
    import tensorflow as tf

    image = tf.constant(picture())
    return lambda: [tf.image.resize(image, [224, 224]).numpy() for _ in range(count)]


def cv2_resize(count):
    import cv2

    cv2.setNumThreads(1)
    image = picture()
    return lambda: [cv2.resize(image, (224, 224)) for _ in range(count)]


def torch_resize(count):
    import torch

    torch.set_num_threads(1)
    image = torch.from_numpy(picture()).permute(2, 0, 1)[None]
    resize = torch.nn.functional.interpolate
    return lambda: [resize(image.float(), size=(224, 224), mode="bilinear") for _ in range(count)]


def tf_augment(count):
    import tensorflow as tf

    image = tf.constant(picture())

    @tf.function
    def augment():
        whole = tf.constant([[[0.0, 0.0, 1.0, 1.0]]])
        begin, size, _ = tf.image.sample_distorted_bounding_box(
            [375, 500, 3], whole, aspect_ratio_range=[3 / 4, 4 / 3], area_range=[0.08, 1.0]
        )
        x = tf.image.resize(tf.slice(image, begin, size), [224, 224])
        x = tf.image.random_brightness(tf.image.random_flip_left_right(x), 25.0)
        return x / 127.5 - 1.0

    return lambda: [augment().numpy() for _ in range(count)]


peers = {
    "cv2_resize": cv2_resize,
    "tf_augment": tf_augment,
    "tf_resize": tf_resize,
    "torch_resize": torch_resize,
    "tf_records": tf_records(1000),
    "tf_gzip": tf_records(1000, compression_type="GZIP"),
    "tf_long": tf_records(10),
    "tf_long_parallel": tf_records(10, num_parallel_reads=2),
    "tf_prefetched": tf_prefetched,
    "tf_parse_batches": tf_parse_batches,
    "tf_parse_single": tf_parse_single,
    "tf_write": tf_write,
    "tf_slices": tf_slices,
    "tf_chain": tf_chain,
    "torch_slices": torch_slices,
    "torch_workers": torch_workers,
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
