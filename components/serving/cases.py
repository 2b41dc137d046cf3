"""Requests with their right answers: what a SavedModel is checked against, and warmed up with."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from vaeflow.components.serving import check
from vaeflow.components.serving.signatures import Signatures
from vaeflow.models.errors import RunError

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """One request to one signature, and the answer of the model before it was exported."""

    signature: str
    inputs: Arrays
    outputs: Arrays


def decoder_cases(signatures: Signatures) -> list[Case]:
    """Codes in batches of several sizes, and samples asked for twice: their seed must give the same images."""
    rng = np.random.default_rng(0)
    first, second = _sample_request(2, seed=7, temperature=1.0), _sample_request(3, seed=8, temperature=0.5)
    cases = []
    for name, signature in signatures.items():
        asked = _inputs(signature)
        requests: list[Arrays]
        if "z" in asked:
            requests = [{"z": rng.standard_normal((n, asked["z"].shape[1]), np.float32)} for n in (1, 3)]
            labels: list[Any] = [[1], [1, 0, 1]]
        else:
            requests, labels = [first, second, first], [1, 0, 1]
        if "label" in asked:
            requests = [_labelled(request, label) for request, label in zip(requests, labels, strict=True)]
        cases += [_answer(signatures, name, request) for request in requests]
    return cases


def encoder_cases(signatures: Signatures, image_shape: Sequence[int]) -> list[Case]:
    """Batches of several sizes through every signature: noise, and the darkest and brightest images there are."""
    noise = np.random.default_rng(0).integers(0, 256, (3, *image_shape), np.uint8)
    extremes = np.stack([np.zeros(image_shape, np.uint8), np.full(image_shape, 255, np.uint8)])
    cases = []
    for name, signature in signatures.items():
        for images in (noise, noise[:1], extremes):
            request = {"images": images}
            if "label" in _inputs(signature):
                request = _labelled(request, np.arange(len(images)) % 2)
            cases.append(_answer(signatures, name, request))
    return cases


def check_in_fresh_process(served: Mapping[Path, Sequence[Case]]) -> None:
    """Load each SavedModel where vaeflow does not exist, and compare its answers. RunError when one is wrong.

    The process sees no accelerator: this one may hold all of its memory, and a SavedModel has to run anywhere.
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
        raise RunError(f"An exported model fails its check in a fresh process: {reason}")


def _sample_request(n: int, seed: int, temperature: float) -> Arrays:
    return {
        "n": np.array(n, np.int32),
        "seed": np.array(seed, np.int32),
        "temperature": np.array(temperature, np.float32),
    }


def _inputs(signature: tf.types.experimental.GenericFunction) -> dict[str, tf.TensorSpec]:
    return {spec.name: spec for spec in signature.input_signature}


def _labelled(request: Arrays, label: Any) -> dict[str, np.ndarray]:
    return {**request, "label": np.array(label, np.int32)}


def _answer(signatures: Signatures, name: str, request: Arrays) -> Case:
    answer = signatures[name](**request)
    return Case(name, request, {key: _plain(value.numpy()) for key, value in answer.items()})


def _plain(array: np.ndarray) -> np.ndarray:
    """Text as bytes of a fixed length, which a file of arrays can hold."""
    return array.astype(np.bytes_) if array.dtype == object else array


def _flat(cases: Sequence[Case]) -> dict[str, np.ndarray]:
    """Arrays named `<index>/<signature>/inputs|outputs/<tensor>`, as check.py reads them."""
    return {
        f"{index}/{case.signature}/{side}/{name}": array
        for index, case in enumerate(cases)
        for side, arrays in (("inputs", case.inputs), ("outputs", case.outputs))
        for name, array in arrays.items()
    }
