"""Requests with expected answers, used to check and warm up a SavedModel."""

import io
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import ExifTags, Image

from vaeflow.components.images.config import Transform
from vaeflow.components.serving import check
from vaeflow.components.serving.inputs import Signature
from vaeflow.components.serving.signatures import Signatures
from vaeflow.models.errors import RunError

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A request to a signature, and the answer of the model before its export."""

    signature: str
    inputs: Arrays
    outputs: Arrays


def decoder_cases(signatures: Signatures) -> list[Case]:
    """Codes in batches of several sizes, and a repeated request for samples, which must return the same images."""
    rng = np.random.default_rng(0)
    first, second = _sample_request(2, seed=7, temperature=1.0), _sample_request(3, seed=8, temperature=0.5)
    cases = []
    for name, signature in signatures.items():
        specs = _inputs(signature)
        requests: list[Arrays]
        if "z" in specs:
            requests = [{"z": rng.standard_normal((n, specs["z"].shape[1]), np.float32)} for n in (1, 3)]
            labels: list[Any] = [[1], [1, 0, 1]]
        else:
            requests, labels = [first, second, first], [1, 0, 1]
        if "label" in specs:
            requests = [_labelled(request, label) for request, label in zip(requests, labels, strict=True)]
        if "layer" in specs:
            requests = [{**request, **_resampling(seed=7, temperature=0.5)} for request in requests]
        cases += [_answer(signatures, name, request) for request in requests]
    return cases


def encoder_cases(signatures: Signatures, transform: Transform) -> list[Case]:
    """Batches of several sizes for every signature, in the form of images that it takes."""
    rng = np.random.default_rng(0)
    image_shape, white = transform.image_shape, int(transform.intensity.integer_scale(np.dtype(np.uint8)).white)
    noise = rng.integers(0, 256, (3, *image_shape), np.uint8)
    darkest_and_brightest = np.stack([np.full(image_shape, level, np.uint8) for level in (0, 255)])
    files = np.array(_files(rng, white))
    batches = {
        "images": (noise, noise[:1], darkest_and_brightest),
        "files": (files, files[:1]),
        "pixels": tuple(rng.integers(0, white + 1, (n, 9, 14, c), np.uint8) for n, c in ((1, 1), (2, 3), (1, 4))),
    }
    if (scale := transform.intensity.values) is not None:
        batches["values"] = tuple(
            rng.uniform(scale.black, scale.white, (n, 9, 14, c)).astype(np.float32) for n, c in ((1, 1), (2, 3))
        )
    cases = []
    for name, signature in signatures.items():
        specs = _inputs(signature)
        form = next(iter(specs))
        for images in batches[form]:
            request = {form: images}
            if "label" in specs:
                request = _labelled(request, np.arange(len(images)) % 2)
            cases.append(_answer(signatures, name, request))
    return cases


def _files(rng: np.random.Generator, white: int) -> list[bytes]:
    """A file of each format, one rotated and one transparent. None ends in a zero byte, which NumPy would drop."""
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    translucent = Image.fromarray(rng.integers(1, white + 1, (8, 12, 4), np.uint8))
    opaque = translucent.convert("RGB")
    return [
        _encoded(translucent, "PNG"),
        _encoded(opaque, "JPEG", exif=turned),
        _encoded(opaque, "BMP"),
        _encoded(opaque, "GIF"),
    ]


def _encoded(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def check_in_fresh_process(served: Mapping[Path, Sequence[Case]]) -> None:
    """Load each SavedModel in a process without vaeflow, and compare its answers. Raises `RunError` if one is wrong.

    The process has no accelerator: this process may occupy all of its memory, and a SavedModel must run anywhere.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", check.__file__]
        for index, (saved_model, cases) in enumerate(served.items()):
            file = Path(folder) / f"{index}.npz"
            np.savez(file, allow_pickle=False, **_flat(cases))
            command += [str(saved_model), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise RunError(f"An exported model failed its check in a fresh process: {reason}")


def _sample_request(n: int, seed: int, temperature: float) -> Arrays:
    return {"n": np.array(n, np.int32), **_drawing(seed, temperature)}


def _resampling(seed: int, temperature: float) -> Arrays:
    return {"layer": np.array(1, np.int32), **_drawing(seed, temperature)}


def _drawing(seed: int, temperature: float) -> Arrays:
    return {"seed": np.array(seed, np.int32), "temperature": np.array(temperature, np.float32)}


def _inputs(signature: Signature) -> dict[str, tf.TensorSpec]:
    return {spec.name: spec for spec in signature.input_signature}


def _labelled(request: Arrays, label: Any) -> dict[str, np.ndarray]:
    return {**request, "label": np.array(label, np.int32)}


def _answer(signatures: Signatures, name: str, request: Arrays) -> Case:
    signature = signatures[name]
    answer = signature(*[tf.constant(request[input_name]) for input_name in _inputs(signature)])
    return Case(name, request, {key: _plain(value.numpy()) for key, value in answer.items()})


def _plain(array: np.ndarray) -> np.ndarray:
    """Convert text to bytes of a fixed length, which an npz file can store."""
    return array.astype(np.bytes_) if array.dtype == object else array


def _flat(cases: Sequence[Case]) -> dict[str, np.ndarray]:
    """Arrays by name, `<index>/<signature>/inputs|outputs/<tensor>`, as check.py reads them."""
    return {
        f"{index}/{case.signature}/{side}/{name}": array
        for index, case in enumerate(cases)
        for side, arrays in (("inputs", case.inputs), ("outputs", case.outputs))
        for name, array in arrays.items()
    }
