"""Check SavedModels against expected answers in a process that has only TensorFlow and NumPy.

Run by its path: `python -I check.py SAVED_MODEL CASES.npz [SAVED_MODEL CASES.npz ...]`. Packages that served models
must not need cannot be imported. If an answer is wrong, the exit code is 1 and the last line gives the reason.
"""

import os
import sys
from collections import defaultdict
from importlib.abc import MetaPathFinder
from typing import Any

ABSENT_IN_SERVING = ("vaeflow", "tensorflow_probability")

# A quarter of a grey level: wrong weights or transforms change pixels by more, and a different order of float32 sums in
# another process by less than 1e-5.
TOLERANCE = 1e-3


class ImportBlocker(MetaPathFinder):
    """Blocks the import of packages that a model server does not have."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise `ModuleNotFoundError` for blocked packages; None makes `importlib` ask the next finder."""
        if fullname.partition(".")[0] in ABSENT_IN_SERVING:
            raise ModuleNotFoundError(f"{fullname} is not available where models are served")


def main(pairs: list[str]) -> None:
    """Check each SavedModel against the cases that follow it."""
    sys.meta_path.insert(0, ImportBlocker())
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    for saved_model, cases in zip(pairs[::2], pairs[1::2], strict=True):
        check(saved_model, cases)


def check(saved_model: str, cases_file: str) -> None:
    """Check all cases; exit at the first wrong answer."""
    # Not at the top, because the packages above must be blocked first.
    import numpy as np
    import tensorflow as tf

    signatures = tf.saved_model.load(saved_model).signatures
    for (index, signature), case in read_cases(np.load(cases_file)).items():
        answer = signatures[signature](**{name: tf.constant(array) for name, array in case["inputs"].items()})
        for name, expected in case["outputs"].items():
            got = answer[name].numpy()
            where = f"{saved_model}: {name} of case {index} of {signature}"
            if got.shape != expected.shape:
                sys.exit(f"{where} has shape {got.shape}, expected {expected.shape}")
            if expected.dtype.kind == "S":
                if got.tolist() != expected.tolist():
                    sys.exit(f"{where} is {got.tolist()}, expected {expected.tolist()}")
            elif not np.allclose(got, expected, rtol=TOLERANCE, atol=TOLERANCE):
                sys.exit(f"{where} is off by {np.abs(got - expected).max():.3g}")


def read_cases(arrays: Any) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """Group arrays named `<index>/<signature>/inputs|outputs/<tensor>` by case."""
    cases: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(lambda: {"inputs": {}, "outputs": {}})
    for key in arrays.files:
        index, signature, side, name = key.split("/")
        cases[index, signature][side][name] = arrays[key]
    return cases


if __name__ == "__main__":
    main(sys.argv[1:])
