"""The configuration of the step evaluate. Importable without TensorFlow."""

from collections.abc import Mapping
from typing import get_args

from pydantic import Field, ValidationInfo, field_validator

from vaeflow.components.closest import did_you_mean
from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.doctor.catalogue import SYMPTOMS
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.components.evaluation.projection_names import Projection
from vaeflow.components.evaluation.requirements import Requirement
from vaeflow.components.evaluation.settings import Settings, left_out
from vaeflow.components.extras import check_installed


class EvaluateConfig(Settings):
    """Configuration of the metrics and of what is required of them."""

    require: Mapping[str, str] = Field(
        {},
        description='Required values by metric, such as {elbo: ">= -120"}; {findings: none} requires that the doctor '
        "finds nothing.",
    )

    @field_validator("require")
    @classmethod
    def _comparisons_of_known_metrics(cls, require: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        for metric, expression in require.items():
            Requirement.parse(metric, expression)
            if metric in left_out(info.data.get("skip", ()), info.data.get("projections", get_args(Projection))):
                raise ValueError(f"{metric}: expected a metric that skip and projections do not leave out")
        return require

    @field_validator("skip")
    @classmethod
    def _known_metrics_figures_and_findings(cls, skip: tuple[str, ...]) -> tuple[str, ...]:
        known = (*METRICS, *FIGURES, *SYMPTOMS)
        for name in skip:
            if name not in known:
                nearest = did_you_mean(name, known).lstrip() or f"Metrics, figures and findings: {', '.join(known)}"
                raise ValueError(f"{name}: no such metric, figure or finding. {nearest}")
        return skip

    def check_extras(self) -> None:
        """Check that the packages of the projections are installed. Raises `InputError` if one is not."""
        if "umap" in self.projections:
            check_installed("umap", needed_for="evaluate.projections: umap")

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The parsed requirements of `require`."""
        return tuple(Requirement.parse(metric, expression) for metric, expression in self.require.items())
