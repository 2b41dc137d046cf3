"""Own clusters: agreement of the clusters that the model assigns images to with the classes."""

from typing import TYPE_CHECKING

from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import LABELS, OWN_CLUSTERS

if TYPE_CHECKING:
    from vaeflow.components.evaluation.measuring.batch import Batch, Measures
    from vaeflow.components.evaluation.spread import Agreement
    from vaeflow.components.evaluation.study import Study

NEEDS = (LABELS, OWN_CLUSTERS)
ACCURACY = Metric(
    "cluster_accuracy", "Accuracy of own clusters", "best assignment", needs=NEEDS, better="higher", headline=True
)
NMI = Metric("cluster_nmi", "NMI of own clusters", "arithmetic mean", needs=NEEDS, better="higher")
ARI = Metric("cluster_ari", "ARI of own clusters", "adjusted for chance", needs=NEEDS, better="higher")
CLUSTER = "cluster"


def measure(batch: "Batch") -> "Measures":
    """The most probable cluster of each image."""
    import tensorflow as tf

    return {CLUSTER: tf.argmax(batch.model.assign(batch.x), axis=-1)}


def compute(study: "Study") -> dict[str, "Agreement"]:
    """Agreement of clusters with classes over all images."""
    from vaeflow.components.evaluation.chance import agreement

    rows = study.measured.rows
    return agreement(rows.column("label"), [rows.column(CLUSTER)], "cluster", study.settings.seed)


FAMILY = Family((ACCURACY, NMI, ARI), measure, compute)
