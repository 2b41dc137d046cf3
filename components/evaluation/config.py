"""The configuration of the step evaluate. Importable without TensorFlow."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from vaeflow.components.evaluation.requirements import Requirement
from vaeflow.components.evaluation.settings import Settings


class EvaluateConfig(Settings):
    """Configuration of the metrics and of what is required of them."""

    require: Mapping[str, str] = Field({}, description='Required values by metric, such as {elbo: ">= -120"}.')

    @field_validator("require")
    @classmethod
    def _comparisons_of_known_metrics(cls, require: Mapping[str, str]) -> Mapping[str, str]:
        for metric, expression in require.items():
            Requirement.parse(metric, expression)
        return require

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The parsed requirements of `require`."""
        return tuple(Requirement.parse(metric, expression) for metric, expression in self.require.items())
