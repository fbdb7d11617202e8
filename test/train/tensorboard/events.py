"""Reads an event file that millrace wrote as TensorBoard does, and writes what TensorFlow found in it.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository, after `sample.ts` wrote the file:

    node --import tsx test/train/tensorboard/sample.ts
    python test/train/tensorboard/events.py

`events.test.ts` writes the same file again, and holds its bytes to `events.tfevents` and its contents to `events.json`.
It also holds the histogram to the one that TensorFlow itself makes of the same values.
"""

import json
import pathlib

import tensorflow as tf

here = pathlib.Path(__file__).parent
events = []
for event in tf.compat.v1.train.summary_iterator(str(here / "events.tfevents")):
    values = []
    for value in event.summary.value:
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            values.append({"tag": value.tag, "scalar": value.simple_value})
        elif kind == "image":
            pixels = tf.image.decode_png(value.image.encoded_image_string).numpy()
            values.append(
                {
                    "tag": value.tag,
                    "size": [value.image.height, value.image.width, value.image.colorspace],
                    "pixels": pixels.flatten().tolist(),
                }
            )
        else:
            histo = value.histo
            values.append(
                {
                    "tag": value.tag,
                    "min": histo.min,
                    "max": histo.max,
                    "num": histo.num,
                    "sum": histo.sum,
                    "sumSquares": histo.sum_squares,
                    "limits": list(histo.bucket_limit),
                    "buckets": list(histo.bucket),
                }
            )
    events.append({"wallTime": event.wall_time, "step": event.step, "version": event.file_version, "values": values})

numbers = [0.0, -1.5, 0.25, 0.25, 3.0, 1e-13, -2e-7, 1e21]
histo = tf.compat.v1.summary.Summary.FromString(
    tf.raw_ops.HistogramSummary(tag="h", values=tf.constant(numbers, tf.float64)).numpy()
).value[0].histo
own = {"values": numbers, "limits": list(histo.bucket_limit), "buckets": list(histo.bucket)}
(here / "events.json").write_text(json.dumps({"events": events, "histogram": own}, indent=1) + "\n")
