"""Empty space: how many images decoded from codes of each source are as near to data as data are.

By the distance of pixels, blurred images and pale mixtures of images are near to everything. So data are represented by
their reconstructions, which are as blurred as all other images of the decoder, and images are compared by the angle
between their differences from the mean image, which leaves out contrast. Suzuki et al. 2013: mixtures are no hubs then.
"""

from typing import TYPE_CHECKING, NamedTuple

from vaeflow.components.evaluation.code_sources import DATA, HELD_OUT, SOURCES, CodeSource
from vaeflow.components.evaluation.conditions import BINARISATION
from vaeflow.components.evaluation.metrics.metric import Family, Metric
from vaeflow.components.evaluation.needs import GENERATIVE, SEVERAL_IMAGES
from vaeflow.components.evaluation.spread import Spread, over_images

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vaeflow.components.evaluation.study import Study
    from vaeflow.models.arrays import Codes, Images

MAX_IMAGES = 500
"""Maximum number of images of each source and of the data: every pair is compared."""
MAX_SIDE = 64
"""Larger images are averaged down to this height and width before they are compared."""
LEVEL = 95
"""Per cent of the held-out images that count as near."""
NEAR = "near_{}"


def _metric(source: CodeSource) -> Metric:
    needs = (GENERATIVE, SEVERAL_IMAGES, *source.needs)
    unit = f"% of decoded images; {LEVEL} % of data"
    return Metric(
        NEAR.format(source.name),
        f"Near data: {source.title}",
        unit,
        decimals=1,
        needs=needs,
        costly=True,
        depends_on=(BINARISATION,),
    )


METRICS = tuple(map(_metric, SOURCES))


class Neighbourhood(NamedTuple):
    """Directions [n, pixels] of images of the data from their mean [pixels], and the distance within which one is near.

    The distance of two directions is 2 sin(α / 2), where α is the angle between them.
    """

    mean: "NDArray[np.float32]"
    directions: "NDArray[np.float32]"
    radius: float

    def distances(self, images: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """Distance [m] of each image [m, pixels] from the nearest of the data."""
        from scipy.spatial.distance import cdist

        nearest: NDArray[np.float64] = cdist(directions(images, self.mean), self.directions).min(axis=1)
        return nearest


def compute(study: "Study") -> dict[str, Spread]:
    """The share of every source that the model has."""
    return dict(study.once(shares))


def shares(study: "Study") -> dict[str, Spread]:
    """The shares in per cent, by metric, with their binomial standard errors; call through `Study.once`."""
    mean = study.measured.sample.measures["mean"]
    data, held_out = (flattened(decoded(study, mean[half][:MAX_IMAGES])) for half in (DATA, HELD_OUT))
    near = neighbourhood(data, held_out)
    return {
        NEAR.format(source.name): share_near(near, flattened(decoded(study, source.draw(study, MAX_IMAGES))))
        for source in available_sources(study)
    }


def available_sources(study: "Study") -> list[CodeSource]:
    """The sources of codes that the model has."""
    return [source for source in SOURCES if source.available(study.subject)]


def decoded(study: "Study", codes: "Codes") -> "Images":
    """Mean images [n, h, w, c] of codes [n, code]."""
    import numpy as np
    import tensorflow as tf

    model, size = study.subject.network, study.settings.batch_size
    parts = (codes[start : start + size] for start in range(0, len(codes), size))
    return np.concatenate([model.decode(tf.constant(part)).numpy() for part in parts])


def flattened(images: "Images") -> "NDArray[np.float32]":
    """Images [n, h, w, c] as rows of at most `MAX_SIDE` × `MAX_SIDE` pixels, [n, pixels]."""
    import tensorflow as tf

    if max(images.shape[1:3]) > MAX_SIDE:
        size = [min(side, MAX_SIDE) for side in images.shape[1:3]]
        images = tf.image.resize(images, size, method="area").numpy()
    return images.reshape(len(images), -1)


def neighbourhood(data: "NDArray[np.float32]", held_out: "NDArray[np.float32]", level: int = LEVEL) -> Neighbourhood:
    """The neighbourhood of images of the data [n, pixels], of which `level` per cent of held-out ones [m, pixels] are.

    The radius is the ⌈(m + 1) level / 100⌉-th smallest distance of a held-out image, or the largest. So an image is
    near if its conformal p-value is above 1 - level / 100. Bates et al. 2023.
    """
    import numpy as np

    mean = data.mean(axis=0)
    near = Neighbourhood(mean, directions(data, mean), 0.0)
    distances = np.sort(near.distances(held_out))
    return near._replace(radius=float(distances[min(len(held_out), -(-(len(held_out) + 1) * level // 100)) - 1]))


def directions(images: "NDArray[np.float32]", mean: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Unit vectors [n, pixels] from the mean [pixels] to images [n, pixels]; 0 for an image that is the mean."""
    import numpy as np

    difference = images - mean
    length = np.linalg.norm(difference, axis=1, keepdims=True)
    return np.divide(difference, length, out=np.zeros_like(difference), where=length > 0)


def share_near(near: Neighbourhood, images: "NDArray[np.float32]") -> Spread:
    """Per cent of images [m, pixels] that are in the neighbourhood of the data."""
    return over_images(100.0 * (near.distances(images) <= near.radius))


def note(study: "Study") -> str:
    """What is compared, and with how many images."""
    half = min(MAX_IMAGES, (len(study.measured.sample) + 1) // 2)
    return (
        f"An image is near data if the nearest of {half} test images is at most as far away as it is from {LEVEL} % of "
        "the other test images. The distance is the angle between the differences from the mean image, in pixels, and "
        "all images are compared with reconstructions, so that neither blur nor low contrast makes an image nearer. "
        f"{_sources(study)} The ± of a share is its standard error for the number of decoded "
        "images, and leaves out the choice of the test images."
    )


def _sources(study: "Study") -> str:
    """The sources of codes, in words."""
    meanings = {
        "box": "The box of the codes spans all posterior means of the sample.",
        "aggregated_posterior": "The aggregated posterior is q(z | x) of the other test images.",
        "fitted_prior": "The fitted prior is a normal or a mixture of normals with full covariances, fitted after "
        "training to the codes of training images; for a model with another prior it is only fitted to be measured.",
    }
    return " ".join(meanings[source.name] for source in available_sources(study) if source.name in meanings)


FAMILY = Family(METRICS, compute=compute, note=note)
