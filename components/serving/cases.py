"""Requests with their right answers: what a SavedModel is checked against, and warmed up with."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

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


def decoder_cases(signatures: Signatures, latent_dim: int) -> list[Case]:
    """Batches of several sizes, and a sample asked for twice: its seed must give the same images."""
    rng = np.random.default_rng(0)
    codes = [{"z": rng.standard_normal((n, latent_dim), np.float32)} for n in (1, 3)]
    first, second = _sample_request(2, seed=7, temperature=1.0), _sample_request(3, seed=8, temperature=0.5)
    return [
        *(_answer(signatures, "serving_default", request) for request in codes),
        *(_answer(signatures, "sample", request) for request in (first, second, first)),
    ]


def encoder_cases(signatures: Signatures, image_shape: Sequence[int]) -> list[Case]:
    """Batches of several sizes through both signatures: noise, and the darkest and brightest images there are."""
    noise = np.random.default_rng(0).integers(0, 256, (3, *image_shape), np.uint8)
    extremes = np.stack([np.zeros(image_shape, np.uint8), np.full(image_shape, 255, np.uint8)])
    return [
        _answer(signatures, name, {"images": images}) for name in signatures for images in (noise, noise[:1], extremes)
    ]


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


def _answer(signatures: Signatures, name: str, request: Arrays) -> Case:
    answer = signatures[name](**request)
    return Case(name, request, {key: value.numpy() for key, value in answer.items()})


def _flat(cases: Sequence[Case]) -> dict[str, np.ndarray]:
    """Arrays named `<index>/<signature>/inputs|outputs/<tensor>`, as check.py reads them."""
    return {
        f"{index}/{case.signature}/{side}/{name}": array
        for index, case in enumerate(cases)
        for side, arrays in (("inputs", case.inputs), ("outputs", case.outputs))
        for name, array in arrays.items()
    }
