"""Check SavedModels against known answers in a process that has TensorFlow and NumPy alone.

Run by its path: `python -I check.py SAVED_MODEL CASES.npz [SAVED_MODEL CASES.npz ...]`. What served models
must do without is made impossible to import. Exit code 1, and the reason as the last line, when an answer is wrong.
"""

import os
import sys
from collections import defaultdict
from importlib.abc import MetaPathFinder
from typing import Any

ABSENT_IN_SERVING = ("vaeflow", "tensorflow_probability")

# Two processes may fuse and order float32 sums differently (below 1e-5); a wrong weight or transform moves pixels by
# more than this quarter of a grey level.
TOLERANCE = 1e-3


class Absent(MetaPathFinder):
    """Refuses the packages that a model server does not have."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """`importlib` asks here first; None means: look elsewhere."""
        if fullname.partition(".")[0] in ABSENT_IN_SERVING:
            raise ModuleNotFoundError(f"{fullname} does not exist where models are served")


def main(pairs: list[str]) -> None:
    """Check each SavedModel with the cases that follow it."""
    sys.meta_path.insert(0, Absent())
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    for saved_model, cases in zip(pairs[::2], pairs[1::2], strict=True):
        check(saved_model, cases)


def check(saved_model: str, cases_file: str) -> None:
    """Ask every case of its signature; exit at the first wrong answer."""
    # Here and not at the top: first the packages above must have become impossible to import.
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
