"""Allocation of the images of a dataset to splits: copies and groups together, and no split empty."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vaeflow.components.images.identities import Identity
from vaeflow.components.images.identity_table import codes
from vaeflow.components.images.splits import ANOMALIES, SPLITS
from vaeflow.components.preprocessing.config import Duplicates, PreprocessConfig
from vaeflow.components.preprocessing.splitting import Splitting, plan_splits
from vaeflow.components.preprocessing.units import (
    Mask,
    Numbers,
    differ,
    find_superfluous,
    find_units,
    key_of,
    keys_of,
)
from vaeflow.models.arrays import UNKNOWN
from vaeflow.models.errors import InputError

_UNUSED = -1  # instead of the number of a split
_KEYS = 1024  # of which text is made at a time

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allocation:
    """The rule for the split of an image, and the splits of the images that are exceptions from it, by id."""

    rule: Splitting
    duplicates: Duplicates
    exceptions: Mapping[str, str | None]
    normal: frozenset[int] | None = None
    """Numbers of the normal classes; None if all images are normal."""

    def split_of(self, image: Identity) -> str | None:
        """The split of an image; None if it is not used."""
        if self.normal is not None and image.label not in self.normal:
            return None if image.label == UNKNOWN else ANOMALIES
        if image.id in self.exceptions:
            return self.exceptions[image.id]
        return self.rule.assign(image.split, key_of(image, self.duplicates))


class Allocated(NamedTuple):
    """The allocation, and numbers of images: by split, with a copy or their group in another split, and with a copy of
    another class.
    """

    allocation: Allocation
    counts: Mapping[str, int]
    copies: int
    grouped: int
    contradicting: int


def allocate(images: pa.Table, config: PreprocessConfig, normal: frozenset[int] | None = None) -> Allocated:
    """Allocate all images of a dataset, as `read_identities` returns them; those of other classes are anomalies.

    Copies and groups that are in several splits all the same are logged. Raises `InputError` if there are too few
    images that may be separated to have some in every split.
    """
    if normal is None:
        return _allocate(images, config)
    labels = images["label"].to_numpy()
    is_normal = np.isin(labels, list(normal))
    unknown = int((labels == UNKNOWN).sum())
    if unknown:
        log.warning("preprocess.normal: %d images of unknown class are not used", unknown)
    allocated = _allocate(images.filter(is_normal), config)
    anomalies = len(images) - int(is_normal.sum()) - unknown
    return allocated._replace(
        allocation=replace(allocated.allocation, normal=normal), counts={**allocated.counts, ANOMALIES: anomalies}
    )


def _allocate(images: pa.Table, config: PreprocessConfig) -> Allocated:
    """Allocate images that are all normal."""
    names, _ = codes(images["split"])
    rule = plan_splits(
        set(names.to_pylist()),
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        seed=config.seed,
    )
    pool = _are_in(images, rule.pool)
    positions = _positions(images.filter(pool), rule, config.duplicates)
    by_rule = _kept(images, rule)
    by_rule[pool] = rule.numbers_at(positions)
    splits = by_rule.copy()
    if config.duplicates == "drop":
        splits[_superfluous(images, rule)] = _UNUSED
    divided = splits[pool] != _UNUSED
    pool[pool] = divided
    splits[pool] = _divide(images.filter(pool), positions[divided], rule, config.duplicates)
    return _allocated(images, splits, by_rule, rule, config.duplicates)


def _allocated(
    images: pa.Table, splits: Numbers, by_rule: Numbers, rule: Splitting, duplicates: Duplicates
) -> Allocated:
    used = splits != _UNUSED
    counts = dict(zip(SPLITS, np.bincount(splits[used], minlength=len(SPLITS)).tolist(), strict=True))
    _require_every_split(counts, int(_are_in(images, rule.pool).sum()), rule, duplicates)
    differs = splits != by_rule
    ids, numbers = images["id"].filter(differs).to_pylist(), splits[differs].tolist()
    exceptions = {i: None if n == _UNUSED else SPLITS[n] for i, n in zip(ids, numbers, strict=True)}
    grouped = used & pc.not_equal(images["group"], "").to_numpy()
    allocated = Allocated(
        Allocation(rule, duplicates, exceptions),
        counts,
        copies=_in_several_splits(images["digest"], splits, used),
        grouped=_in_several_splits(images["group"], splits, grouped),
        contradicting=_count_contradictions(images.filter(_are_in(images, rule.sources))),
    )
    _warn(allocated)
    return allocated


def _are_in(images: pa.Table, splits: Collection[str]) -> Mask:
    """Whether [images] each is in one of these splits of the source."""
    names, numbers = codes(images["split"])
    return np.array([name in splits for name in names.to_pylist()], np.bool_)[numbers]


def _kept(images: pa.Table, rule: Splitting) -> Numbers:
    """The numbers [images] of splits that are those of the source, unused for all other images."""
    names, numbers = codes(images["split"])
    kept = [SPLITS.index(rule.kept[name]) if name in rule.kept else _UNUSED for name in names.to_pylist()]
    return np.array(kept, np.int64)[numbers]


def _positions(images: pa.Table, rule: Splitting, duplicates: Duplicates) -> np.ndarray:
    """The hash [images] of the key of each image."""
    keys = keys_of(images, duplicates)
    parts = (keys.slice(start, _KEYS).to_pylist() for start in range(0, len(keys), _KEYS))
    return np.fromiter((rule.position(key) for some in parts for key in some), np.float64, len(keys))


def _superfluous(images: pa.Table, rule: Splitting) -> Mask:
    """Which of the images that are used are superfluous copies."""
    used = _are_in(images, rule.sources)
    # A test split of the source stays as it is; of copies elsewhere, those in the training images go first.
    order = ("test", "validation", "train")
    used_images = images.filter(used)
    found = find_superfluous(used_images, {s: order.index(rule.kept.get(s, "train")) for s in rule.sources})
    log.info("%d of %d images are dropped as copies of others", found.sum(), len(used_images))
    used[used] = found
    return used


def _divide(pool: pa.Table, positions: np.ndarray, rule: Splitting, duplicates: Duplicates) -> Numbers:
    """Divide the training images of the source, unit by unit. Returns the number of the split of each image.

    The lowest hash of its images decides on a unit: if an image joins two units, only one of them may have to move.
    """
    units = find_units(pool, duplicates)
    lowest = np.ones(units.max(initial=-1) + 1)
    np.minimum.at(lowest, units, positions)
    order = np.argsort(lowest)
    splits = rule.numbers_at(lowest[order])
    _fill_empty(splits, rule)
    by_unit = np.empty_like(splits)
    by_unit[order] = splits
    return by_unit[units]


def _fill_empty(splits: Numbers, rule: Splitting) -> None:
    """Give each empty split the first units that leave no other empty; `splits` are in the order of their hashes."""
    for name, fraction in (("test", rule.test_fraction), ("validation", rule.validation_fraction), ("train", 0)):
        empty = SPLITS.index(name)
        if name in rule.kept.values() or empty in splits:
            continue
        sizes = np.bincount(splits, minlength=len(SPLITS))
        wanted = max(1, round(fraction * len(splits)))
        for number, split in enumerate(splits):
            if sizes[empty] < wanted and split != empty and sizes[split] > 1:
                sizes[split] -= 1
                sizes[empty] += 1
                splits[number] = empty
        if sizes[empty]:
            log.warning("no image fell into split %s: it gets the %d with the lowest hashes", name, sizes[empty])


def _require_every_split(counts: Mapping[str, int], num_pool: int, rule: Splitting, duplicates: Duplicates) -> None:
    if all(counts.values()):
        return
    got = ", ".join(f"{split} {count}" for split, count in counts.items())
    missing = [split for split in SPLITS if split not in rule.kept.values()]
    advice = (
        f"preprocess.duplicates: {duplicates} does not separate copies and images of one group: set it to keep if they "
        "may be separated, or"
        if num_pool >= len(missing) and duplicates != "keep"
        else f"{' and '.join(missing)} need {len(missing)} images:"
    )
    raise InputError(f"preprocess: expected images in every split, got {got}; {advice} add images to ingest.source")


def _count_contradictions(images: pa.Table) -> int:
    """Number of images with a copy of another class, which are logged."""
    labels = images["label"].to_numpy()
    labelled = labels >= 0
    _, digests = codes(images["digest"].filter(labelled))
    contradicting = differ(digests, labels[labelled])
    count = int(contradicting.sum())
    if count:
        ids, known, first = images["id"].filter(labelled), labels[labelled], contradicting.argmax()
        second = ((digests == digests[first]) & (known != known[first])).argmax()
        log.warning(
            "%d images have the same pixels as an image of another class, such as %s and %s: correct their labels, or "
            "no classifier and no score can be right about them",
            count,
            ids[first],
            ids[second],
        )
    return count


def _in_several_splits(shared: pa.ChunkedArray, splits: Numbers, counted: Mask) -> int:
    """Number of the images to be counted that share this value with an image in another split."""
    return int(differ(codes(shared.filter(counted))[1], splits[counted]).sum())


def _warn(allocated: Allocated) -> None:
    if allocated.copies:
        log.warning(
            "%d images have a copy in another split; preprocess.duplicates: drop removes those that are not in a test "
            "split of the source",
            allocated.copies,
        )
    if allocated.grouped:
        log.warning("%d images belong to a group that is in several splits", allocated.grouped)
