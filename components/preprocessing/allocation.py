"""Allocation of the images of a dataset to splits: copies and groups together, and no split empty."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from vaeflow.components.images.identities import Identity
from vaeflow.components.images.splits import ANOMALIES, SPLITS
from vaeflow.components.preprocessing.config import Duplicates, PreprocessConfig
from vaeflow.components.preprocessing.numbering import NO_GROUP, Mask, Numbered, Numbers, numbered
from vaeflow.components.preprocessing.splitting import Splitting, plan_splits
from vaeflow.components.preprocessing.units import differ, find_superfluous, find_units, key_of
from vaeflow.models.arrays import UNKNOWN
from vaeflow.models.errors import InputError

_UNUSED = -1  # instead of the number of a split
_ROWS = 1024  # that are Python objects at a time

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


def _allocate(table: pa.Table, config: PreprocessConfig) -> Allocated:
    """Allocate images that are all normal."""
    ids, images = table["id"], numbered(table)
    rule = plan_splits(
        images.split_names,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        seed=config.seed,
    )
    positions = _positions(table, rule, config.duplicates)
    pool = images.are_in(rule.pool)
    by_rule = _kept(images, rule)
    by_rule[pool] = rule.numbers_at(positions[pool])
    splits = by_rule.copy()
    if config.duplicates == "drop":
        splits[_superfluous(images, rule)] = _UNUSED
    divided = pool & (splits != _UNUSED)
    splits[divided] = _divide(images.chosen(divided), positions[divided], rule, config.duplicates)
    return _allocated(ids, images, splits, by_rule, rule, config.duplicates)


def _positions(table: pa.Table, rule: Splitting, duplicates: Duplicates) -> np.ndarray:
    """The hash [images] of the key of each image that is divided; 1 of the others."""
    rows = (Identity(**row) for batch in table.to_batches(_ROWS) for row in batch.to_pylist())
    positions = (rule.position(key_of(row, duplicates)) if row.split in rule.pool else 1.0 for row in rows)
    return np.fromiter(positions, np.float64, len(table))


def _allocated(
    ids: pa.ChunkedArray,
    images: Numbered,
    splits: Numbers,
    by_rule: Numbers,
    rule: Splitting,
    duplicates: Duplicates,
) -> Allocated:
    used = splits != _UNUSED
    counts = dict(zip(SPLITS, np.bincount(splits[used], minlength=len(SPLITS)).tolist(), strict=True))
    _require_every_split(counts, int(images.are_in(rule.pool).sum()), rule, duplicates)
    differs = splits != by_rule
    exceptional, numbers = ids.filter(differs).to_pylist(), splits[differs].tolist()
    exceptions = {i: None if n == _UNUSED else SPLITS[n] for i, n in zip(exceptional, numbers, strict=True)}
    grouped = used & (images.groups != NO_GROUP)
    sources = images.are_in(rule.sources)
    allocated = Allocated(
        Allocation(rule, duplicates, exceptions),
        counts,
        copies=_in_several_splits(images.digests, splits, used),
        grouped=_in_several_splits(images.groups, splits, grouped),
        contradicting=_count_contradictions(images.chosen(sources), ids.filter(sources)),
    )
    _warn(allocated)
    return allocated


def _kept(images: Numbered, rule: Splitting) -> Numbers:
    """The numbers [images] of splits that are those of the source, unused for all other images."""
    kept = [SPLITS.index(rule.kept[name]) if name in rule.kept else _UNUSED for name in images.split_names]
    return np.array(kept, np.int64)[images.splits]


def _superfluous(images: Numbered, rule: Splitting) -> Mask:
    """Which of the images that are used are superfluous copies."""
    used = images.are_in(rule.sources)
    # A test split of the source stays as it is; of copies elsewhere, those in the training images go first.
    order = ("test", "validation", "train")
    found = find_superfluous(images.chosen(used), {s: order.index(rule.kept.get(s, "train")) for s in rule.sources})
    log.info("%d of %d images are dropped as copies of others", found.sum(), len(found))
    used[used] = found
    return used


def _divide(pool: Numbered, positions: np.ndarray, rule: Splitting, duplicates: Duplicates) -> Numbers:
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


def _count_contradictions(images: Numbered, ids: pa.ChunkedArray) -> int:
    """Number of images with a copy of another class, which are logged."""
    labelled = images.labels >= 0
    digests, known = images.digests[labelled], images.labels[labelled]
    contradicting = differ(digests, known)
    count = int(contradicting.sum())
    if count:
        first = contradicting.argmax()
        second = ((digests == digests[first]) & (known != known[first])).argmax()
        places = np.flatnonzero(labelled)
        log.warning(
            "%d images have the same pixels as an image of another class, such as %s and %s: correct their labels, or "
            "no classifier and no score can be right about them",
            count,
            ids[places[first]],
            ids[places[second]],
        )
    return count


def _in_several_splits(shared: Numbers, splits: Numbers, counted: Mask) -> int:
    """Number of the images to be counted that share this number with an image in another split."""
    return int(differ(shared[counted], splits[counted]).sum())


def _warn(allocated: Allocated) -> None:
    if allocated.copies:
        log.warning(
            "%d images have a copy in another split; preprocess.duplicates: drop removes those that are not in a test "
            "split of the source",
            allocated.copies,
        )
    if allocated.grouped:
        log.warning("%d images belong to a group that is in several splits", allocated.grouped)
