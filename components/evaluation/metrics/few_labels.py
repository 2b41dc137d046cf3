"""Few labels: errors of classifiers fitted to the codes of as few labelled images as training used."""

import math
from typing import TYPE_CHECKING, cast

from vaeflow.components.evaluation.conditions import LABEL_DRAWS, LABELS_IN_TRAINING, TRAINING_IMAGES
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.metrics.probes import MAX_ITERATIONS
from vaeflow.components.evaluation.needs import FEW_LABELS, LABELS
from vaeflow.components.evaluation.spread import Spread, over_images, pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.embedded import Embedded
    from vaeflow.components.evaluation.study import Study
    from vaeflow.components.evaluation.subject import Subject
    from vaeflow.models.arrays import Codes, Labels

NEEDS = (LABELS, FEW_LABELS)
FITTED = (TRAINING_IMAGES, LABELS_IN_TRAINING, LABEL_DRAWS)

LOGISTIC_ERROR = Metric(
    "logistic_error",
    "Few-label logistic error",
    "% of test images",
    decimals=2,
    needs=NEEDS,
    costly=True,
    better="lower",
    depends_on=FITTED,
)
SVM_ERROR = Metric(
    "svm_error",
    "Few-label RBF SVM error",
    "% of test images",
    decimals=2,
    needs=NEEDS,
    costly=True,
    better="lower",
    depends_on=FITTED,
)


def compute(study: "Study") -> dict[str, Spread]:
    """Test errors over draws of labels: first the labels that training used, then those of the following seeds."""
    import numpy as np

    from vaeflow.components.evaluation.embedded import Embedded, labelled_sample
    from vaeflow.components.images.examples import load_labels
    from vaeflow.components.training.labels import choose, classes_in_training

    subject, data = study.subject, study.subject.known_labels
    count = cast("int", data.labels)
    labels = cast("Labels", load_labels(subject.examples, "train"))
    seeds = range(data.label_seed, data.label_seed + study.settings.label_draws)
    classes = classes_in_training(subject.examples)
    draws = [choose(labels, classes, count, seed) for seed in seeds]
    indices = np.unique(np.concatenate(draws))
    codes = codes_at(subject, indices, study.settings.batch_size)
    test = labelled_sample(study)
    trained = [
        Embedded(codes[np.searchsorted(indices, draw)], labels[draw]).first(test.mean.shape[1]) for draw in draws
    ]
    runs = [errors(train, test) for train in trained]
    return {name: pooled([run[name] for run in runs]) for name in runs[0]}


def codes_at(subject: "Subject", indices: "NDArray[np.int64]", batch_size: int) -> "Codes":
    """Codes [n, code] of the training images with the given indices, in file order."""
    import numpy as np

    from vaeflow.components.evaluation.measuring.selection import select

    network = subject.network
    batches = select(subject.examples, "train", indices).batch(batch_size)
    codes = [network.embed(network.observe(images), network.given(labels)) for images, labels in batches]
    return np.concatenate(codes)


def errors(train: "Embedded", test: "Embedded") -> dict[str, Spread]:
    """Test errors of both classifiers in per cent; NaN without test images.

    The classifiers use scikit-learn's defaults; the codes are not standardised.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if len(test.labels) == 0:
        return dict.fromkeys((LOGISTIC_ERROR.name, SVM_ERROR.name), Spread(math.nan, math.nan))
    fitted = {
        LOGISTIC_ERROR.name: LogisticRegression(max_iter=MAX_ITERATIONS).fit(train.mean, train.labels),
        SVM_ERROR.name: SVC().fit(train.mean, train.labels),
    }
    return {
        name: over_images(100.0 * (classifier.predict(test.mean) != test.labels)) for name, classifier in fitted.items()
    }


def note(study: "Study") -> str:
    """The labels that training used, and the draws."""
    data = study.subject.known_labels
    return (
        f"Training used {data.labels} labels, drawn with seed {data.label_seed}. The few-label classifiers are fitted "
        f"to as many; their errors are means over {study.settings.label_draws} draws, the first of which is that of "
        "training. Their ± covers the differences between the draws and other test images: it is the standard "
        "deviation over draws and bootstrap samples of the images together."
    )


FAMILY = Family((LOGISTIC_ERROR, SVM_ERROR), compute=compute, note=note)
