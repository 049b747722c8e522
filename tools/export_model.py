#!/usr/bin/env python3
"""Writes an image classifier of timm or torchvision as ONNX. See README.md beside this file.

Standard output: progress, one JSON object a line: {"stage": "export", "message": "Tracing the graph"}.
On a failure the exit code is not 0 and the last line of standard error is one sentence that says why.
"""
import argparse
import contextlib
import difflib
import importlib
import importlib.util
import inspect
import json
import os
import signal
import sys
import tempfile
import warnings

LIBRARIES = ("timm", "torchvision")
DEFAULT_SIZE = 224
# Of more than this a protocol buffer cannot hold the weights in one file.
MAXIMUM_BYTES = 2**31 - 2**20
SEED = 1

# Architectures that are the same under another name: the name in the benchmark tables (timm's), then torchvision's.
SAME = {
    "mnasnet_100": "mnasnet1_0",
    "mobilenetv2_100": "mobilenet_v2",
    "mobilenetv3_large_100": "mobilenet_v3_large",
    "mobilenetv3_small_100": "mobilenet_v3_small",
    "swin_base_patch4_window7_224": "swin_b",
    "swin_small_patch4_window7_224": "swin_s",
    "swin_tiny_patch4_window7_224": "swin_t",
    "vit_base_patch16_224": "vit_b_16",
    "vit_base_patch32_224": "vit_b_32",
    "vit_large_patch16_224": "vit_l_16",
}


class Failure(Exception):
    """What the user reads: one sentence."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Failure(f"{message[:1].upper()}{message[1:]}; --help lists what there is.")


class Timm:
    """https://huggingface.co/docs/timm"""

    name = "timm"

    def __init__(self, module):
        self.module = module

    def names(self):
        return self.module.list_models()

    def find(self, model):
        # resnet50.a1_in1k: an architecture, and one of its sets of weights.
        return model if model.split(".")[0] in self.names() else None

    def create(self, model, pretrained):
        return self.module.create_model(model, pretrained=pretrained, exportable=True)

    def input_size(self, model, network):
        config = getattr(network, "pretrained_cfg", None) or getattr(network, "default_cfg", None) or {}
        return (config.get("input_size") or (3, DEFAULT_SIZE, DEFAULT_SIZE))[-1]


class Torchvision:
    """https://docs.pytorch.org/vision/stable/models.html, from 0.14 on."""

    name = "torchvision"

    def __init__(self, module):
        if not hasattr(module.models, "list_models"):
            raise Failure(f"torchvision {module.__version__} is too old: 0.14 is the oldest that can be asked for its models.")
        self.models = module.models

    def names(self):
        return self.models.list_models(module=self.models)

    def find(self, model):
        same = SAME.get(model, model)
        return same if same in self.names() else None

    def create(self, model, pretrained):
        return self.models.get_model(model, weights="DEFAULT" if pretrained else None)

    def input_size(self, model, network):
        weights = self.models.get_model_weights(model)
        size = getattr(weights.DEFAULT.transforms(), "crop_size", DEFAULT_SIZE) if len(weights) > 0 else DEFAULT_SIZE
        return size[0] if isinstance(size, (list, tuple)) else size


def say(stage, message, **more):
    print(json.dumps({"stage": stage, "message": message, **more}), file=sys.__stdout__, flush=True)


def first_line(error):
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:300]}" if text else type(error).__name__


def load(name):
    """The library, or None when it is not installed."""
    if importlib.util.find_spec(name) is None:
        return None
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise Failure(f"{name} is installed but cannot be imported by {sys.executable} ({first_line(error)}).") from error
    return Timm(module) if name == "timm" else Torchvision(module)


def choose(model, wanted):
    """The library that has the model, and the model's name there."""
    if importlib.util.find_spec("torch") is None:
        raise Failure(f"{sys.executable} has no PyTorch: install it (pip install torch timm; Debian and Ubuntu: apt-get install python3-torchvision).")
    candidates = LIBRARIES if wanted == "auto" else (wanted,)
    libraries = [library for library in map(load, candidates) if library is not None]
    if not libraries:
        raise Failure(
            f"{sys.executable} has no {' and no '.join(candidates)}: install {'one' if len(candidates) > 1 else 'it'} "
            f"(pip install {candidates[0]}{'; Debian and Ubuntu: apt-get install python3-torchvision' if 'torchvision' in candidates else ''}).")
    for library in libraries:
        found = library.find(model)
        if found is not None:
            return library, found
    names = sorted({name for library in libraries for name in library.names()} | (set(SAME) if "torchvision" in candidates else set()))
    near = difflib.get_close_matches(model, names, n=4, cutoff=0.5)
    raise Failure(
        f"There is no model '{model}' in {' or '.join(library.name for library in libraries)}"
        f"{'; near are ' + ', '.join(near) if near else ''}.")


def create(library, name, pretrained):
    try:
        return library.create(name, pretrained)
    except Exception as error:
        if pretrained:
            raise Failure(
                f"The trained weights of {name} could not be had from {library.name} ({first_line(error)}): mend the connection, "
                "or use --random, which measures cost but not accuracy.") from error
        raise Failure(f"{library.name} could not make {name} ({first_line(error)}).") from error


def randomize(network, size):
    """Statistics and parameters as after training: different from each other, and such that activations stay in range."""
    import torch

    norms = [module for module in network.modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad():
        for parameter in network.parameters():
            # The exporter stores equal tensors once: a thousand scales of 1 would not be counted.
            if parameter.numel() > 0 and bool((parameter == parameter.flatten()[0]).all()):
                parameter.add_(torch.empty_like(parameter).uniform_(-0.05, 0.05))
        if norms:
            for norm in norms:
                norm.momentum = None
            network.train()
            network(torch.rand(8, 3, size, size))
    network.eval()


def field(number, content):
    """A field of a protocol buffer that holds bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def add_metadata(path, entries):
    """Appends entries to the model's metadata_props (field 14 of ModelProto; key 1 and value 2 of StringStringEntryProto).

    Repeated fields may stand anywhere in a message, so that this takes no package and no second copy of the weights.
    """
    with open(path, "ab") as file:
        for key, value in entries.items():
            file.write(field(14, field(1, key.encode()) + field(2, value.encode())))


def export(network, sample, path, opset):
    import torch

    # Batch normalisation stays an operator of its own, so that parameters are those that are published: runtimes fold it themselves.
    options = {"training": torch.onnx.TrainingMode.PRESERVE, "opset_version": opset, "input_names": ["input"], "output_names": ["output"]}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    try:
        # What it prints is not progress, and its warnings are about training.
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(network, sample, path, **options)
    except Exception as error:
        raise Failure(f"PyTorch {torch.__version__} could not export the model ({first_line(error)}).") from error


def write_reference(directory, network, sample):
    """An input and what PyTorch makes of it, to compare other runtimes with."""
    import numpy
    import torch

    os.makedirs(directory, exist_ok=True)
    with torch.no_grad():
        output = network(sample)
    numpy.save(os.path.join(directory, "input.npy"), sample.numpy())
    numpy.save(os.path.join(directory, "output.npy"), output.numpy())


def run(arguments):
    parser = Parser(prog="export_model.py", description="Writes an image classifier of timm or torchvision as ONNX.")
    parser.add_argument("model", help="name in timm or torchvision, for example mobilenetv3_small_100")
    parser.add_argument("--output", required=True, help="the ONNX file to write; it appears when it is whole")
    parser.add_argument("--library", choices=("auto",) + LIBRARIES, default="auto", help="where the model is from (auto: timm, else torchvision)")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--pretrained", dest="pretrained", action="store_true", default=True, help="with trained weights (this is the default)")
    weights.add_argument("--random", dest="pretrained", action="store_false", help="with random weights, always the same: measures cost, not accuracy")
    parser.add_argument("--input-size", type=int, help="height and width of the image (the model's own, usually 224)")
    parser.add_argument("--opset", type=int, default=17, help="version of ONNX's operators (17)")
    parser.add_argument("--reference", metavar="DIR", help="writes an input and PyTorch's output there: input.npy and output.npy")
    options = parser.parse_args(arguments)
    if options.input_size is not None and not 8 <= options.input_size <= 4096:
        raise Failure(f"--input-size is {options.input_size}; it goes from 8 to 4096.")
    folder = os.path.dirname(os.path.abspath(options.output))
    if not os.path.isdir(folder):
        raise Failure(f"There is no folder {folder} to write to.")

    say("import", "Importing PyTorch")
    library, name = choose(options.model, options.library)
    import torch

    torch.manual_seed(SEED)
    say("weights", f"Making {name} of {library.name} with {'trained' if options.pretrained else 'random'} weights")
    network = create(library, name, options.pretrained).eval()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    if parameters * 4 > MAXIMUM_BYTES:
        raise Failure(f"{name} has {parameters / 1e6:.0f} million parameters: more than one ONNX file of 2 GB can hold.")
    size = options.input_size or library.input_size(name, network)
    if not options.pretrained:
        randomize(network, size)
    sample = torch.rand(1, 3, size, size)

    say("export", f"Tracing the graph at {size}x{size}")
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".export-", suffix=".part")
    os.close(handle)
    try:
        export(network, sample, temporary, options.opset)
        metadata = {"energymanager.architecture": name, "energymanager.library": library.name}
        if not options.pretrained:
            metadata["energymanager.random_weights"] = "true"
        add_metadata(temporary, metadata)
        if options.reference:
            write_reference(options.reference, network, sample)
        # A temporary file is for its owner only; this one is like any other.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, options.output)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    say("done", f"{options.output}: {parameters:,} parameters, {os.path.getsize(options.output) / 1e6:.1f} MB", parameters=parameters)


def main(arguments):
    try:
        run(arguments)
        return 0
    except Failure as failure:
        print(failure, file=sys.stderr)
    except KeyboardInterrupt:
        print("The export was stopped.", file=sys.stderr)
    except OSError as error:
        print(f"The file could not be written ({first_line(error)}).", file=sys.stderr)
    except Exception as error:
        print(f"The export failed ({first_line(error)}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    # Ended politely, it leaves no half file.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
