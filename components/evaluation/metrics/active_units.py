"""Active units: latent dimensions whose posterior mean depends on the image."""

from typing import TYPE_CHECKING, Any

from vaeflow.components.evaluation.metrics.metric import Family, Metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.base import LatentVariableModel

ACTIVE_UNITS = Metric("active_units", "Active units", "latent dimensions", decimals=0, headline=True)


def active(study: "Study") -> "NDArray[np.bool_]":
    """Whether each dimension of the code is active, [code]: Var_x(E[z|x]) > 0.01. Burda et al. 2016, §2."""
    from vaeflow.models.diagnostics import ACTIVE_VARIANCE

    found: Any = study.measured.moments["mean"].variance > ACTIVE_VARIANCE
    return found


def compute(study: "Study") -> dict[str, float]:
    """Number of active units among the dimensions that are inferred from the image."""
    return {ACTIVE_UNITS.name: float(active(study)[: study.subject.network.inferred_dim].sum())}


def layers(model: "LatentVariableModel") -> "Mapping[str, int]":
    """Names and sizes of the layers of the code, without a class at its end; a single layer has no name."""
    classes = model.data.num_classes if model.generates_classes else 0
    return model.code_groups or {"": model.code_dim - classes}


def active_by_layer(study: "Study") -> dict[str, int]:
    """Number of active units of each layer of the code, by name; empty if the code has no layers."""
    import numpy as np

    layers = study.subject.network.code_groups
    ends = np.cumsum(list(layers.values()), dtype=np.int64)
    return {name: int(part.sum()) for name, part in zip(layers, np.split(active(study), ends), strict=False)}


FAMILY = Family((ACTIVE_UNITS,), compute=compute)
