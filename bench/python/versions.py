"""Prints the versions of Python and of the peers that are installed, as JSON."""

import json
import platform
from importlib import metadata

versions = {"Python": platform.python_version()}
for package in ("tensorflow-cpu", "torch", "opencv-python-headless", "grain", "array_record", "webdataset", "numpy"):
    try:
        versions[package] = metadata.version(package)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(versions))
