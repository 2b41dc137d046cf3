"""The measurement of the test split, and the results of an evaluation."""

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from vaeflow.components.evaluation.catalogue import FAMILIES, METRICS
from vaeflow.components.evaluation.doctor.case import Case
from vaeflow.components.evaluation.doctor.catalogue import diagnose
from vaeflow.components.evaluation.measuring.batch import Measure
from vaeflow.components.evaluation.measuring.encoding import Encoded, encode
from vaeflow.components.evaluation.measuring.measured import measure_test_split
from vaeflow.components.evaluation.metrics.active_units import active_by_layer
from vaeflow.components.evaluation.metrics.bounds import KL_TERMS
from vaeflow.components.evaluation.metrics.metric import Family
from vaeflow.components.evaluation.needs import LABELS
from vaeflow.components.evaluation.protocol import describe
from vaeflow.components.evaluation.requirements import Requirement, judge
from vaeflow.components.evaluation.results import Results
from vaeflow.components.evaluation.settings import Settings
from vaeflow.components.evaluation.spread import Value, central
from vaeflow.components.evaluation.study import Study
from vaeflow.components.evaluation.subject import Subject
from vaeflow.components.images.splits import ANOMALIES


def begin(settings: Settings, subject: Subject, *, output: Path, beam_args: Sequence[str] = ()) -> Study:
    """Measure every test image for all families with a metric that is available for the subject.

    The folder `output` must be visible to every Beam worker. Raises `RunError` if codes are not finite.
    """
    measures = [family.measure for family in available(settings, subject) if family.measure]
    labelled_only = {name for name, metric in METRICS.items() if LABELS in metric.needs}

    of_model = partial(encode, model_file=subject.model_file, settings=settings, scratch=output, beam_args=beam_args)

    def bound(split: str, measures: Sequence[Measure], limit: int | None = None) -> AbstractContextManager[Encoded]:
        return of_model(subject.examples, split=split, measures=measures, limit=limit)

    def anomalies(measures: Sequence[Measure], limit: int | None = None) -> AbstractContextManager[Encoded]:
        return of_model(subject.anomalous_examples, split=ANOMALIES, measures=measures, limit=limit)

    measured = measure_test_split(settings, subject, measures, labelled_only, encode=bound, output=output)
    return Study(settings, subject, measured, bound, anomalies)


def assess(study: Study, requirements: Iterable[Requirement]) -> Results:
    """All available metrics, with their protocol, the findings and the verdict."""
    subject, moments = study.subject, study.measured.moments
    families = available(study.settings, subject)
    metrics = {name: value for family in families for name, value in values(family, study).items()}
    standard_error = {name: float(moments[name].standard_error) for name in metrics if name in moments}
    findings = diagnose(Case(study, metrics, standard_error))
    return Results(
        metrics=metrics,
        kl_per_dimension=tuple(study.mean(KL_TERMS)) if KL_TERMS in moments else (),
        active_units_by_layer=active_by_layer(study),
        protocol=describe(study, families, standard_error),
        findings=findings,
        verdict=judge(requirements, {name: central(value) for name, value in metrics.items()}, findings),
    )


def values(family: Family, study: Study) -> dict[str, Value]:
    """Values of the family's available metrics: means over all images, or as computed by `compute`."""
    moments = study.measured.moments
    computed = family.compute(study) if family.compute else {}
    return {
        metric.name: float(moments[metric.name].mean) if metric.name in moments else computed[metric.name]
        for metric in family.available(study.subject, study.settings.left_out)
    }


def headline(metrics: Mapping[str, Value]) -> dict[str, float]:
    """The finite values of the headline metrics, which become properties of the artifact."""
    chosen = {name: central(value) for name, value in metrics.items() if METRICS[name].headline}
    return {name: round(value, 4) for name, value in chosen.items() if math.isfinite(value)}


def available(settings: Settings, subject: Subject) -> tuple[Family, ...]:
    """The families of which at least one metric is available and not left out."""
    return tuple(family for family in FAMILIES if family.available(subject, settings.left_out))
