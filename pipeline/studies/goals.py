"""Whether a search makes sense: its ranges suit their fields, and its goal means the same in all trials."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from vaeflow.components.training.config import TrainConfig
from vaeflow.models.errors import InputError
from vaeflow.models.model_config import GenerativeConfig
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.sections import field_type
from vaeflow.pipeline.studies.members import member_of, variant_of
from vaeflow.pipeline.studies.search_config import Range, SearchConfig
from vaeflow.pipeline.studies.study import Study

Alternatives = Mapping[str, Sequence[PipelineConfig]]
"""For each searched field, the recipe with each of the values that stand for all."""


def alternatives(study: Study, search: SearchConfig) -> Alternatives:
    """The recipe with other values of each field. Raises `InputError` if a value does not suit its field."""
    return {
        field: [_with(study, search, field, value) for value in values.extremes]
        for field, values in search.ranges.items()
    }


def integer_fields(search: SearchConfig, base: PipelineConfig, others: Alternatives) -> frozenset[str]:
    """The searched fields whose numbers are whole.

    Raises `InputError` if a range does not suit its field, or if the goal has another meaning in some of the trials.
    """
    _check_model(base.train, search.goal)
    for field, configs in others.items():
        if any(config.train.epochs == 0 for config in (base, *configs)):
            raise InputError("train.epochs: a search expects at least 1, got 0.")
        if len({_meaning(config.train, search.goal) for config in configs}) > 1:
            raise InputError(
                f"search.goal: {search.goal} does not mean the same with each {field}, so trials could not be "
                "compared; expected a goal that does not depend on it, or fields that do not change it."
            )
    settings = base.model_dump()
    return frozenset(field for field, values in search.ranges.items() if _is_whole(field, values, settings))


def _check_model(config: TrainConfig, goal: str) -> None:
    model, objective = config.model, config.objective
    if not model.generative:
        if goal != "val_objective":
            raise InputError(f"search.goal: {model.name} has no bound and no decoder; expected val_objective.")
    elif not model.fits_pixels:
        raise InputError(
            f"search.goal: {goal} of {model.name} is measured by a network that is trained with it, and so is not the "
            "same in two trials."
        )
    if goal == "val_elbo" and not model.bounds_likelihood:
        raise InputError(f"search.goal: {model.name} has no ELBO; expected val_log_likelihood or val_objective.")
    if goal == "val_objective" and not objective.comparable_epochs:
        raise InputError(
            f"search.goal: val_objective of {objective.name} depends on its discriminator; expected val_elbo."
        )


def _with(study: Study, search: SearchConfig, field: str, value: Any) -> PipelineConfig:
    """The recipe with this value of a field."""
    variant = variant_of("", study.config.set, {field: value})
    try:
        return member_of(study, variant, search.seed).config
    except InputError as error:
        raise InputError(f"search.ranges: {error}") from None


def _meaning(config: TrainConfig, goal: str) -> str:
    """What the values of the goal depend on besides how good the model is."""
    model = config.model
    parts: list[Any] = [
        (model.fits_pixels, model.bounds_likelihood, model.conditional, model.needs_classes, model.codes_class),
        (isinstance(model, GenerativeConfig) and model.likelihood.density, config.data.labels is None),
        {field: getattr(model, field) for field in model.alters_bound},
    ]
    if goal == "val_objective":
        parts += [
            config.objective.after_schedules(),
            {field: getattr(model, field) for field in model.alters_objective},
        ]
    return repr(parts)


def _is_whole(field: str, values: Range, settings: Mapping[str, Any]) -> bool:
    """Whether the range is one of whole numbers. Raises `InputError` if the field is no number of this kind."""
    if values.choices is not None:
        return False
    types = set(_plain_types(_type_of(field, settings)))
    if float in types:
        return False
    if int not in types:
        raise InputError(f"search.ranges.{field}: expected choices, since it is no number.")
    fractional = [value for value in values.extremes if isinstance(value, float)]
    if fractional:
        raise InputError(f"search.ranges.{field}: expected whole numbers, got {fractional[0]}.")
    return True


def _type_of(field: str, settings: Any) -> Any:
    annotation: Any = PipelineConfig
    for part in field.split("."):
        known = settings if isinstance(settings, Mapping) else {}
        annotation, settings = field_type(annotation, known, part), known.get(part)
    return annotation


def _plain_types(annotation: Any) -> Iterator[Any]:
    """The types of which an annotation is made."""
    yield annotation
    for inner in get_args(annotation):
        yield from _plain_types(inner)
