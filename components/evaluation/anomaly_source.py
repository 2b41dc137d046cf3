"""The source of anomalies: `evaluate.anomalies`. Importable without TensorFlow."""

from typing import ClassVar

from pydantic import Field

from vaeflow.components.sources.config import NO_LABELS, IngestConfig

FIELD = "evaluate.anomalies"


class AnomalySource(IngestConfig):
    """A source with the fields of ingest, by default without classes; or its `source` alone, as text."""

    main_field: ClassVar[str] = "source"

    source: str = Field(description="Source of images that are anomalies, in the form of ingest.source.")
    labels: str | None = Field(NO_LABELS, description="As in ingest. The classes of anomalies are not used.")

    @property
    def title(self) -> str:
        """The source, and the fields that are not as by default."""
        others = self.model_dump(mode="json", exclude={"source"}, exclude_defaults=True)
        return ", ".join([self.source, *(f"{field} {value}" for field, value in others.items())])
