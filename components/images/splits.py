"""Names of the splits train, validation and test. Importable without TensorFlow."""

import re

SPLITS = ("train", "validation", "test")
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


def split_within(name: str) -> str | None:
    """The split that one of the words of this name is: train2017, testA, seg_train; None unless there is one."""
    found = {split for word in _WORD.findall(name) if (split := _SPLIT_OF.get(word.casefold()))}
    return found.pop() if len(found) == 1 else None
