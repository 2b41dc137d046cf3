"""Posterior collapse: q(z | x) is p(z) for every image, in nearly all dimensions of a layer. Bowman et al. 2016."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.doctor.changes import Change
from vaeflow.components.evaluation.doctor.remedies import more_use_of_the_code
from vaeflow.components.evaluation.doctor.symptom import Symptom
from vaeflow.components.evaluation.needs import A_KL_TERM, SEVERAL_IMAGES
from vaeflow.components.training.config import TrainConfig

if TYPE_CHECKING:
    from vaeflow.components.evaluation.doctor.case import Case

MIN_ACTIVE = 0.1
"""A VAE leaves dimensions unused that it does not need, which is no defect: in Burda et al. 2016, table 1, 19 to 25 of
50 are active, and 5 of the 50 of an upper layer. A layer with fewer than a tenth is hardly a code."""
WHOLE = "the code"


class Units(NamedTuple):
    """Whether each dimension of each layer is active, and the active dimensions after each epoch until the one kept."""

    layers: Mapping[str, Sequence[bool]]
    epochs: Sequence[Collection[int]]


def gather(case: "Case") -> Units:
    """The dimensions of the code, but for those of a class, on the test images and in the history."""
    from vaeflow.components.evaluation.metrics.active_units import active, layers

    history, found = case.history, active(case.study).tolist()
    sizes = layers(case.study.subject.network)
    ends = [sum(list(sizes.values())[: place + 1]) for place in range(len(sizes))]
    units = {name or WHOLE: found[end - size : end] for (name, size), end in zip(sizes.items(), ends, strict=True)}
    return Units(units, history["active_units"][: history["best_epoch"]])


def find(units: Units) -> str:
    """The collapsed layers, with their dimensions and the epoch since which they are collapsed."""
    return " ".join(_sentence(units, name) for name in collapsed(units))


def collapsed(units: Units) -> Iterator[str]:
    """Names of the layers of which fewer than `MIN_ACTIVE` are active."""
    return (name for name, active in units.layers.items() if sum(active) < MIN_ACTIVE * len(active))


def _sentence(units: Units, name: str) -> str:
    active = units.layers[name]
    names = list(units.layers)
    first = sum(len(units.layers[below]) for below in names[: names.index(name)])
    inactive = [first + place for place, is_active in enumerate(active) if not is_active]
    return (
        f"{sum(active)} of the {len(active)} dimensions of {name} are active (Var E[z | x] > 0.01): not "
        f"{ranges(inactive)}{since(units.epochs, inactive)}."
    )


def since(epochs: Sequence[Collection[int]], inactive: Collection[int]) -> str:
    """The first epoch from which on none of the dimensions was active, in words; empty if that is not known."""
    last = max((epoch for epoch, active in enumerate(epochs, start=1) if {*active} & {*inactive}), default=0)
    return f", none of which has been since epoch {last + 1}" if last < len(epochs) else ""


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as text, such as "0–2, 5"."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


def remedies(units: Units, training: TrainConfig) -> Iterator[Change]:
    """Above the lowest layer, a ladder keeps more of the layers in use: Sønderby et al. 2016."""
    if next(iter(units.layers)) not in collapsed(units):
        yield Change("train.model.name", "ladder_vae")
    yield from more_use_of_the_code(training)


SYMPTOM = Symptom(
    name="posterior_collapse",
    title="Posterior collapse",
    sign=f"fewer than {MIN_ACTIVE:.0%} of the dimensions of a layer of the code are active",
    meaning="These dimensions say nothing about the image: their posterior is the prior. A few unused dimensions are "
    "normal, but here the layer is hardly used.",
    gather=gather,
    find=find,
    remedies=remedies,
    needs=(A_KL_TERM, SEVERAL_IMAGES),  # a mean does not vary over a single image
)
