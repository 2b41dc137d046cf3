"""Allocation of the images of a dataset to splits: copies and groups together, and no split empty."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from vaeflow.components.images.identities import Identity
from vaeflow.components.images.splits import SPLITS
from vaeflow.components.preprocessing.config import Duplicates, PreprocessConfig
from vaeflow.components.preprocessing.splitting import Splitting, plan_splits
from vaeflow.components.preprocessing.units import Unit, find_contradictions, find_superfluous, find_units, key_of
from vaeflow.models.errors import InputError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allocation:
    """The rule for the split of an image, and the splits of the images that are exceptions from it, by id."""

    rule: Splitting
    duplicates: Duplicates
    exceptions: Mapping[str, str | None]

    def split_of(self, image: Identity) -> str | None:
        """The split of an image; None if it is not used."""
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


def allocate(images: Sequence[Identity], config: PreprocessConfig) -> Allocated:
    """Allocate all images of a dataset. Copies and groups that are in several splits all the same are logged.

    Raises `InputError` if there are too few images that may be separated to have some in every split.
    """
    rule = plan_splits(
        {image.split for image in images},
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        seed=config.seed,
    )
    used = _used(images, rule, config.duplicates)
    kept = {image.id: rule.kept[image.split] for image in used if image.split in rule.kept}
    splits = kept | _divide([image for image in used if image.id not in kept], {*kept.values()}, rule, config)
    counts = Counter(splits.values())
    _require_every_split(counts, images, rule, config.duplicates)
    by_rule = Allocation(rule, config.duplicates, {})
    exceptions = {i.id: splits.get(i.id) for i in images if splits.get(i.id) != by_rule.split_of(i)}
    allocated = Allocated(
        Allocation(rule, config.duplicates, exceptions),
        {split: counts[split] for split in SPLITS},
        copies=_in_several_splits((image.digest, splits[image.id]) for image in used),
        grouped=_in_several_splits((image.group, splits[image.id]) for image in used if image.group),
        contradicting=_count_contradictions(image for image in images if image.split in rule.sources),
    )
    _warn(allocated)
    return allocated


def _used(images: Sequence[Identity], rule: Splitting, duplicates: Duplicates) -> list[Identity]:
    """The images of splits that are used, without superfluous copies if these are dropped."""
    used = [image for image in images if image.split in rule.sources]
    if duplicates != "drop":
        return used
    # A test split of the source stays as it is; of copies elsewhere, those in the training images go first.
    order = ("test", "validation", "train")
    superfluous = find_superfluous(used, {split: order.index(rule.kept.get(split, "train")) for split in rule.sources})
    log.info("%d of %d images are dropped as copies of others", len(superfluous), len(used))
    return [image for image in used if image.id not in superfluous]


def _divide(pool: Sequence[Identity], kept: set[str], rule: Splitting, config: PreprocessConfig) -> dict[str, str]:
    """Divide the training images of the source, unit by unit. Returns the split of each image by its id."""

    def position(unit: Unit) -> float:
        """The lowest hash: if an image joins two units, only one of them may have to move."""
        return min(map(rule.position, unit.keys))

    placed = sorted(((position(unit), unit) for unit in find_units(pool, config.duplicates)), key=itemgetter(0))
    splits = [rule.split_at(place) for place, _ in placed]
    _fill_empty(splits, kept, rule)
    return {image.id: split for (_, unit), split in zip(placed, splits, strict=True) for image in unit.images}


def _fill_empty(splits: list[str], kept: set[str], rule: Splitting) -> None:
    """Give each empty split the first units that leave no other empty; `splits` are in the order of their hashes."""
    for empty, fraction in (("test", rule.test_fraction), ("validation", rule.validation_fraction), ("train", 0)):
        if empty in kept or empty in splits:
            continue
        sizes = Counter(splits)
        wanted = max(1, round(fraction * len(splits)))
        for number, split in enumerate(splits):
            if sizes[empty] < wanted and split != empty and sizes[split] > 1:
                sizes.subtract([split])
                sizes.update([empty])
                splits[number] = empty
        if sizes[empty]:
            log.warning("no image fell into split %s: it gets the %d with the lowest hashes", empty, sizes[empty])


def _require_every_split(
    counts: Mapping[str, int], images: Iterable[Identity], rule: Splitting, duplicates: Duplicates
) -> None:
    if all(counts[split] for split in SPLITS):
        return
    got = ", ".join(f"{split} {counts[split]}" for split in SPLITS)
    missing = [split for split in SPLITS if split not in rule.kept.values()]
    enough = sum(image.split in rule.pool for image in images) >= len(missing)
    advice = (
        f"preprocess.duplicates: {duplicates} does not separate copies and images of one group: set it to keep if they "
        "may be separated, or"
        if enough and duplicates != "keep"
        else f"{' and '.join(missing)} need {len(missing)} images:"
    )
    raise InputError(f"preprocess: expected images in every split, got {got}; {advice} add images to ingest.source")


def _count_contradictions(images: Iterable[Identity]) -> int:
    """Number of images with a copy of another class, which are logged."""
    contradictions = find_contradictions(images)
    count = sum(map(len, contradictions))
    if contradictions:
        first, *others = contradictions[0]
        second = next(image for image in others if image.label != first.label)
        log.warning(
            "%d images have the same pixels as an image of another class, such as %s and %s: correct their labels, or "
            "no classifier and no score can be right about them",
            count,
            first.id,
            second.id,
        )
    return count


def _in_several_splits(images: Iterable[tuple[str, str]]) -> int:
    """Number of images, given by what they share and their split, that share it with an image in another split."""
    splits = defaultdict(list)
    for shared, split in images:
        splits[shared].append(split)
    return sum(len(found) for found in splits.values() if len(set(found)) > 1)


def _warn(allocated: Allocated) -> None:
    if allocated.copies:
        log.warning(
            "%d images have a copy in another split; preprocess.duplicates: drop removes those that are not in a test "
            "split of the source",
            allocated.copies,
        )
    if allocated.grouped:
        log.warning("%d images belong to a group that is in several splits", allocated.grouped)
