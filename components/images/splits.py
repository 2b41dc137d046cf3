"""Names of the splits train, validation and test. Importable without TensorFlow."""

import re

SPLITS = ("train", "validation", "test")
ANOMALIES = "anomalies"
"""The split of images of the classes that are not normal, if `preprocess.normal` names those that are."""
TEST_FRACTION = "test_fraction"
"""The property of examples that is the share of the images held out for testing; 0 if the source has its own split."""
_COMMON_NAMES = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation", "dev", "development", "eval", "evaluation"),
    "test": ("test", "testing", "holdout"),
}
_SPLIT_OF = {name: split for split, names in _COMMON_NAMES.items() for name in names}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_KIND = re.compile(r"[ _-]*(set|split|data|images?|imgs?)$")


def split_named(name: str) -> str | None:
    """The split that has this common name, in any case: Training, val, test_set, hold-out; None if there is none."""
    plain = _KIND.sub("", name.strip().casefold())
    return _SPLIT_OF.get(re.sub("[ _-]", "", plain))


def splits_within(name: str) -> dict[str, str]:
    """The splits that words of this name are, by the rest of the name: train2017 is train of 2017, seg_test of seg_."""
    found = {match: _SPLIT_OF.get(match[0].casefold()) for match in _WORD.finditer(name)}
    return {name[: match.start()] + name[match.end() :]: split for match, split in found.items() if split}
