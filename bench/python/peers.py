"""Peers of the benchmarks in Python, each in the form its users write.

A line on standard input names a peer, a count of elements, and files where it reads some; the answer is "done"
when it went through them, or "error" and why not. The process stays up, so that start-up and the making of data are not
part of the times. What a peer writes, it writes beside those files: whoever named them removes it.
"""

import io
import os
import struct
import sys
import tarfile

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


class Pictures:
    """Pictures in memory, one at a time: what Grain calls a random access source."""

    def __init__(self, count):
        self.images, self.labels = pictures(count)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return {"image": self.images[index], "label": self.labels[index]}


def grain_slices(count):
    import grain

    dataset = grain.MapDataset.source(Pictures(count)).shuffle(seed=1).batch(128).to_iter_dataset()
    return lambda: sum(1 for _ in dataset)


def records_of(file):
    """The records of a TFRecord file, unchecked: to write them in the formats of others."""
    with open(file, "rb") as opened:
        while header := opened.read(12):
            yield opened.read(struct.unpack("<Q", header[:8])[0])
            opened.read(4)


def grain_records(_, file):
    """Grain's own reader of TFRecords, which compares no checksums."""
    import grain

    dataset = grain.experimental.TFRecordIterDataset(file)
    return lambda: sum(1 for _ in dataset)


def grain_array_record(_, file):
    import grain
    from array_record.python.array_record_module import ArrayRecordWriter

    path = file + ".array_record"
    if not os.path.exists(path):
        writer = ArrayRecordWriter(path, "group_size:1")
        for record in records_of(file):
            writer.write(record)
        writer.close()
    dataset = grain.MapDataset.source(grain.sources.ArrayRecordDataSource([path])).to_iter_dataset()
    return lambda: sum(1 for _ in dataset)


def write_tar(path, members):
    if os.path.exists(path):
        return
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def wds_records(_, file):
    import webdataset as wds

    path = file + ".tar"
    write_tar(path, ((f"{i:08d}.bin", record) for i, record in enumerate(records_of(file))))
    dataset = wds.WebDataset(path, shardshuffle=False).to_tuple("bin")
    return lambda: sum(1 for _ in dataset)


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


def tf_parse_batches(**options):
    """The fastest form: batches are parsed, by as many threads as help."""

    def peer(_, *files):
        import tensorflow as tf

        spec, decode = features(tf)
        parse = lambda records: decode(tf.io.parse_example(records, spec), [-1, 28, 28, 1])
        auto = tf.data.AUTOTUNE
        dataset = tf.data.TFRecordDataset(list(files), **options)
        dataset = dataset.batch(128).map(parse, num_parallel_calls=auto).prefetch(auto)
        return lambda: sum(1 for _ in dataset)

    return peer


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


def image_files(folder):
    return sorted(os.path.join(at, file) for at, _, files in os.walk(folder) for file in files if file.endswith(".jpg"))


def tf_images(**options):
    def peer(_, folder):
        import tensorflow as tf

        def load(path):
            image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, **options)
            return tf.image.resize(image, [224, 224])

        dataset = tf.data.Dataset.from_tensor_slices(image_files(folder))
        dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(32).prefetch(tf.data.AUTOTUNE)
        return lambda: sum(1 for _ in dataset)

    return peer


class OpenCvPictures:
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        import cv2

        image = cv2.cvtColor(cv2.imread(self.files[index]), cv2.COLOR_BGR2RGB)
        return cv2.resize(image, (224, 224), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def torch_images(_, folder):
    import cv2
    from torch.utils.data import DataLoader

    cv2.setNumThreads(1)
    loader = DataLoader(OpenCvPictures(image_files(folder)), batch_size=32, num_workers=2, persistent_workers=True)
    return lambda: sum(1 for _ in loader)


def wds_images(_, folder):
    """The pictures as two tar files, one for each worker."""
    import cv2
    import webdataset as wds

    cv2.setNumThreads(1)
    files = image_files(folder)
    shards = []
    for shard in range(2):
        shards.append(os.path.join(folder, f"{shard}.tar"))
        write_tar(shards[shard], ((f"{i:08d}.jpg", open(file, "rb").read()) for i, file in enumerate(files[shard::2])))

    def decode(sample):
        image = cv2.imdecode(np.frombuffer(sample["jpg"], np.uint8), cv2.IMREAD_COLOR)
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return cv2.resize(image, (224, 224), interpolation=cv2.INTER_LINEAR).astype(np.float32)

    dataset = wds.WebDataset(shards, shardshuffle=False).map(decode).batched(32)
    loader = wds.WebLoader(dataset, batch_size=None, num_workers=2, persistent_workers=True)
    return lambda: sum(1 for _ in loader)


def rows(count):
    return np.arange(count * 8, dtype=np.float32).reshape(count, 8)


def goes_on(dataset, count, folder):
    """Saves an iterator of batches of 100 at element `count` to a file, and goes on in another one."""
    import tensorflow as tf

    iterator = iter(dataset)
    for _ in range(count // 100):
        next(iterator)

    def save_and_restore():
        path = tf.train.Checkpoint(iterator=iterator).write(os.path.join(folder, f"state-{os.getpid()}"))
        again = iter(dataset)
        tf.train.Checkpoint(iterator=again).read(path)
        next(again)

    return save_and_restore


def tf_resume_slices(count, folder):
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices(rows(count * 6 // 5))
    return goes_on(dataset.shuffle(10_000, seed=1).map(lambda row: row * 2).batch(100), count, folder)


def tf_resume_records(count, file):
    import tensorflow as tf

    spec = {"label": tf.io.FixedLenFeature([], tf.int64), "row": tf.io.FixedLenFeature([8], tf.float32)}
    dataset = tf.data.TFRecordDataset(file).shuffle(10_000, seed=1)
    dataset = dataset.map(lambda record: tf.io.parse_single_example(record, spec)).batch(100)
    return goes_on(dataset, count, os.path.dirname(file))


def grain_resume(count, _):
    import grain

    dataset = grain.MapDataset.source(rows(count * 6 // 5)).shuffle(seed=1).map(lambda row: row * 2).batch(100)
    dataset = dataset.to_iter_dataset()
    iterator = iter(dataset)
    for _ in range(count // 100):
        next(iterator)

    def save_and_restore():
        state = iterator.get_state()
        again = iter(dataset)
        again.set_state(state)
        next(again)

    return save_and_restore


peers = {
    "grain_array_record": grain_array_record,
    "grain_records": grain_records,
    "grain_resume": grain_resume,
    "grain_slices": grain_slices,
    "wds_images": wds_images,
    "wds_records": wds_records,
    "tf_resume_slices": tf_resume_slices,
    "tf_resume_records": tf_resume_records,
    "tf_images": tf_images(),
    "tf_images_exact": tf_images(dct_method="INTEGER_ACCURATE"),
    "tf_images_fast": tf_images(dct_method="INTEGER_FAST"),
    "torch_images": torch_images,
    "cv2_resize": cv2_resize,
    "tf_augment": tf_augment,
    "tf_resize": tf_resize,
    "torch_resize": torch_resize,
    "tf_records": tf_records(1000),
    "tf_gzip": tf_records(1000, compression_type="GZIP"),
    "tf_long": tf_records(10),
    "tf_long_parallel": tf_records(10, num_parallel_reads=2),
    "tf_prefetched": tf_prefetched,
    "tf_parse_batches": tf_parse_batches(),
    "tf_parse_gzip": tf_parse_batches(compression_type="GZIP"),
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
        print("done", flush=True)
    except Exception as error:  # a package that is not there, most of all
        print("error", str(error).replace("\n", " "), flush=True)
