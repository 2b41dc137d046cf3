"""An exported model, asked through the signatures that TensorFlow Serving calls."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vaeflow.components.serving.versions import versions
from vaeflow.models.errors import InputError

Codes = NDArray[np.float32]
Pixels = NDArray[np.uint8]
MAX_CODES = 4096
"""Maximum number of images of one request."""


class Served:
    """Decoder and encoder of an export. Raises `InputError` for requests that the model has no answer to."""

    def __init__(self, export: Path):
        self._models = {role: tf.saved_model.load(str(newest(export / role))) for role in ("decoder", "encoder")}
        self.decoder, self.encoder = (self._models[role].signatures for role in ("decoder", "encoder"))

    @property
    def abilities(self) -> dict[str, bool]:
        """What the model can do beside decoding and encoding."""
        return {"resamples": "resample" in self.decoder, "scores": "score_files" in self.encoder}

    def decode(self, codes: Codes, label: int | None = None) -> Pixels:
        """Mean images uint8 [n, h, w, c] of codes [n, code], of another class than that in the code if it is given."""
        if label is None:
            name = "decode" if "decode" in self.decoder else "serving_default"
            return to_pixels(self._ask(self.decoder, name, z=codes)["images"])
        if "decode" not in self.decoder:
            raise InputError("label: this model does not generate images by class")
        size = self.decoder["serving_default"].structured_input_signature[1]["z"].shape[1]
        labels = np.full(len(codes), label, np.int32)
        return to_pixels(self._ask(self.decoder, "serving_default", z=codes[:, :size], label=labels)["images"])

    def sample(self, n: int, seed: int, temperature: float, label: int | None = None) -> Pixels:
        """Images uint8 [n, h, w, c] of codes drawn from the prior."""
        asked: dict[str, Any] = {"n": np.int32(n), "seed": np.int32(seed), "temperature": np.float32(temperature)}
        if label is None:
            return to_pixels(self._ask(self.decoder, "sample", **asked)["images"])
        return to_pixels(self._ask(self.decoder, "sample_class", **asked, label=np.int32(label))["images"])

    def resample(self, codes: Codes, layer: int, seed: int, temperature: float) -> Codes:
        """Codes [n, code] with the layers below `layer` drawn from their priors."""
        asked = {"layer": np.int32(layer), "seed": np.int32(seed), "temperature": np.float32(temperature)}
        drawn: Codes = self._ask(self.decoder, "resample", z=codes, **asked)["z"]
        return drawn

    def encode(self, file: bytes, label: int | None = None) -> dict[str, Any]:
        """Posterior mean [code] of an image file, and its score if the export has one."""
        asked = {"files": np.array([file], object)} | ({} if label is None else {"label": np.array([label], np.int32)})
        answer = {"mean": self._ask(self.encoder, "files", **asked)["mean"][0]}
        if "score_files" in self.encoder:
            answer["score"] = np.asarray(self._ask(self.encoder, "score_files", **asked)["score"]).flat[0]
        return answer

    def _ask(self, signatures: Any, name: str, **inputs: Any) -> Mapping[str, Any]:
        if name not in signatures:
            raise InputError(f"this model has no signature {name}")
        try:
            answer = signatures[name](**{key: tf.constant(value) for key, value in inputs.items()})
        except (tf.errors.InvalidArgumentError, TypeError, ValueError) as error:
            raise InputError(reason(error)) from None
        return {key: value.numpy() for key, value in answer.items()}


def newest(role: Path) -> Path:
    """The newest version of an exported model. Raises `InputError` if there is none."""
    version = max(versions(role), default=None)
    if version is None:
        raise InputError(f"{role}: expected a numbered version of the model, but there is none.")
    return role / str(version)


def to_pixels(images: NDArray[np.float32]) -> Pixels:
    """Pixels uint8 of images in [0, 1]."""
    pixels: Pixels = np.rint(images * 255).astype(np.uint8)
    return pixels


def reason(error: Exception) -> str:
    """The line of TensorFlow's message that names the input."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if "expected" in line]
    line = (named or lines or ["the model cannot answer"])[0]
    return line.removeprefix("assertion failed: [").removesuffix("]") if line.startswith("assertion failed") else line
