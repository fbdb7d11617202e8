"""Lists what PyTorch's loader is called with: `python torchSymbols.py`, with torch 2.13, writes torchSymbols.json."""

import inspect
import json
import pathlib

import torch.utils.data as data

symbols = [name for name in inspect.signature(data.DataLoader).parameters if name != "dataset"]
symbols += [name for name in dir(data) if name.endswith(("Sampler", "Dataset")) and name != "Sampler"]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(sorted(symbols), indent=2) + "\n")
