"""From nothing to the first batch: prints as JSON the nanoseconds of the import, and from before it to the first batch."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
peer = sys.argv[1]
began = time.perf_counter_ns()

if peer == "tf":
    import tensorflow as tf

    imported = time.perf_counter_ns()
    next(iter(tf.data.Dataset.range(64).map(lambda x: x + 1).batch(32)))
elif peer == "torch":
    from torch.utils.data import DataLoader

    imported = time.perf_counter_ns()
    next(iter(DataLoader(range(64), batch_size=32)))
elif peer == "torch_workers":
    from torch.utils.data import DataLoader

    imported = time.perf_counter_ns()
    next(iter(DataLoader(range(64), batch_size=32, num_workers=2)))
elif peer == "grain":
    import grain

    imported = time.perf_counter_ns()
    next(iter(grain.MapDataset.range(64).map(lambda x: x + 1).batch(32)))

print(json.dumps({"imported": imported - began, "first": time.perf_counter_ns() - began}))
