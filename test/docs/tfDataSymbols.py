"""Lists the public symbols of tf.data and tf.io: `python tfDataSymbols.py`, with TensorFlow 2.21, writes tfDataSymbols.json."""

import inspect
import json
import pathlib

import tensorflow as tf

# Classes whose members are listed too: what users call or set.
OPENED = [
    "tf.data.Dataset",
    "tf.data.Iterator",
    "tf.data.NumpyIterator",
    "tf.data.Options",
    "tf.data.ThreadingOptions",
    "tf.data.experimental.AutoShardPolicy",
    "tf.data.experimental.AutotuneOptions",
    "tf.data.experimental.DistributeOptions",
    "tf.data.experimental.OptimizationOptions",
]
MODULES = ["tf.data", "tf.data.experimental", "tf.data.experimental.service", "tf.io"]


def named(path):
    found = tf
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return found


def names(path):
    """Public names; not what an enumeration has of int."""
    return sorted(name for name in dir(named(path)) if not name.startswith("_") and not hasattr(int, name))


symbols = []
for module in MODULES:
    symbols += [f"{module}.{name}" for name in names(module) if not inspect.ismodule(getattr(named(module), name))]
for opened in OPENED:
    symbols += [f"{opened}.{name}" for name in names(opened)]
symbols += [f"tf.compat.v1.data.{name}" for name in names("tf.compat.v1.data") if name.startswith("make_")]

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(sorted(set(symbols)), indent=2) + "\n")
