"""Projections of codes to a plane, and how far the neighbourhoods that they show can be trusted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from vaeflow.components.evaluation.measuring.sample import Indices, draw_indices
from vaeflow.components.evaluation.projection_names import Projection
from vaeflow.components.evaluation.study import Study
from vaeflow.models.arrays import Codes, Labels

if TYPE_CHECKING:
    from sklearn.decomposition import PCA

MAX_IMAGES = 2_000
"""Maximum number of images. The costs grow faster than their number, so a larger sample is reduced to a random subset.
"""
MIN_IMAGES = 4
PERPLEXITY = 30
UMAP_NEIGHBOURS = 15


class Projected(NamedTuple):
    """Codes [n, inferred] and labels [n] of images, and the points [n, 2] of each projection.

    `rows` [n] are those of the images in the sample.
    """

    rows: Indices
    codes: Codes
    labels: Labels
    points: Mapping[Projection, Codes]


def projected(study: Study) -> Projected:
    """The sample's posterior means, projected in every configured way; call through `Study.once`.

    There are no points if the codes are too few or all the same.
    """
    settings = study.settings
    rows = draw_indices(len(study.codes), MAX_IMAGES, settings.seed)
    codes = study.codes[rows]
    possible = settings.projections if len(codes) >= MIN_IMAGES and differ(codes) else ()
    return Projected(rows, codes, study.labels[rows], {name: project(codes, name, settings.seed) for name in possible})


def differ(codes: Codes) -> bool:
    """Whether not all codes [n, d] are the same, for which t-SNE divides by 0 and ends the process.

    The standard deviation of equal codes need not be 0, because their mean is rounded.
    """
    return bool(np.ptp(codes, axis=0).any())


def project(codes: Codes, projection: Projection, seed: int) -> Codes:
    """Points [n, 2] of codes [n, d], which must not be all the same.

    t-SNE and UMAP start from the first two principal components. Kobak & Linderman 2021.
    """
    match projection:
        case "pca":
            return principal_components(codes)
        case "tsne":
            return tsne(codes, seed)
        case "umap":
            return umap(codes, seed)
        case _:
            assert_never(projection)


def principal_components(codes: Codes) -> Codes:
    """The first two principal components."""
    points: Codes = principal_axes(codes).transform(codes)
    return points


def principal_axes(codes: Codes) -> "PCA":
    """The centre of the codes and the first two principal axes. Pearson 1901."""
    from sklearn.decomposition import PCA

    return PCA(2, svd_solver="full").fit(codes)


def tsne(codes: Codes, seed: int) -> Codes:
    """t-distributed stochastic neighbour embedding. Van der Maaten & Hinton 2008."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(PERPLEXITY, (len(codes) - 1) / 3)
    with threadpool_limits(1):  # on a busy machine, its threads mostly wait for each other
        points: Codes = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(codes / codes.std())
    return points


def umap(codes: Codes, seed: int) -> Codes:
    """Uniform manifold approximation and projection. McInnes, Healy & Melville 2018."""
    from umap import UMAP

    neighbours = min(UMAP_NEIGHBOURS, len(codes) - 1)
    points: Codes = UMAP(n_neighbors=neighbours, init="pca", random_state=seed, n_jobs=1).fit_transform(codes)
    return points


def trustworthiness(codes: Codes, points: Codes, neighbours: int) -> NDArray[np.float64]:
    """Trustworthiness [n] in [0, 1] of each image's neighbours among points [n, 2]. Venna & Kaski 2001, eq. 1.

    A point that is among the k nearest only in the plane costs its rank in code space beyond k. The mean over images is
    the paper's measure. Of codes that are equally far away, none costs more than another. There must be more than 2 k
    images.
    """
    n, k = len(codes), neighbours
    in_space, in_plane = cdist(codes, codes), cdist(points, points)
    np.fill_diagonal(in_plane, np.inf)
    nearest = in_plane.argpartition(k, axis=1)[:, :k]
    distances = np.take_along_axis(in_space, nearest, axis=1)
    ranks = (in_space[:, np.newaxis] < distances[..., np.newaxis]).sum(axis=-1)  # the image itself is one of the nearer
    return 1 - np.maximum(0, ranks - k).sum(axis=1) * 2 / (k * (2 * n - 3 * k - 1))
