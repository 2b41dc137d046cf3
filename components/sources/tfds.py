"""Image datasets of TensorFlow Datasets, which are prepared if necessary."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow_datasets.core import file_adapters

from vaeflow.components.closest import closest
from vaeflow.components.images.factors import Factor
from vaeflow.components.sources import network
from vaeflow.components.sources.classes import check_names
from vaeflow.components.sources.source import Source, SourceImage
from vaeflow.components.sources.tfds_folder import DatasetName, data_dir, find_prepared, parse_name
from vaeflow.models.errors import InputError, RunError

_BATCH, _BATCH_BYTES = 1024, 2**24
_PREFIX = "label_"
_LABELS = ("label", "label_shape")  # the class, where the dataset does not say which of several it is

log = logging.getLogger(__name__)

Reachable = Callable[[Collection[str]], bool]


class _File(NamedTuple):
    """A file of a split, and the index of its first image in the split."""

    split: str
    path: Path
    start: int


def open_tfds(where: str, reachable: Reachable = network.reachable) -> Source:
    """Open `NAME[/CONFIG][:VERSION]`: its image feature and, if there is one, its class label.

    If it has an image for each combination of several class labels, these are factors.

    Raises `InputError` if the dataset does not exist, cannot be downloaded, or has no suitable images, and `RunError`
    if TFDS cannot prepare it.
    """
    dataset = parse_name(where)
    folder = find_prepared(dataset) or _prepare(dataset, reachable)
    info = tfds.builder_from_directory(folder).info
    image, label, factors = _image_key(info), _label_key(info), factor_keys(info)
    if not info.splits.total_num_examples:
        raise InputError(f"ingest.source: {info.full_name} has no images")
    missing = [path for split in info.splits.values() for path in split.filepaths if not path.exists()]
    if missing:
        raise InputError(f"ingest.source: {info.full_name} is incomplete, {missing[0]} does not exist")
    return Source(
        shards=[file for split in info.splits.values() for file in _files(split)],
        read=partial(_read, info.file_format, image, label, factors, _batch_size(info)),
        num_images=info.splits.total_num_examples,
        num_bytes=sum(int(split.num_bytes) for split in info.splits.values()),
        label_names=_label_names(info, label) if label else None,
        factors=tuple(Factor(name, info.features[key].num_classes) for name, key in factors.items()),
    )


def _prepare(dataset: DatasetName, reachable: Reachable) -> Path:
    builder = _builder(dataset)
    urls = builder.url_infos or ()
    if not reachable(urls):
        servers = ", ".join(sorted({str(urlsplit(url).hostname) for url in urls})) or "any server"
        raise InputError(
            f"ingest.source: {builder.info.full_name} is not prepared in {data_dir()}, and there is no network "
            f"connection to {servers} to download it; set TFDS_DATA_DIR to the folder where it is prepared, or run "
            f"`tfds build {dataset.name}` with a network connection"
        )
    log.info("preparing %s in %s", builder.info.full_name, builder.data_path)
    downloads = data_dir() / "downloads"
    try:
        # Files of different datasets may have the same names, as in mnist and fashion_mnist: use one folder for each.
        builder.download_and_prepare(
            download_dir=downloads / dataset.name,
            download_config=tfds.download.DownloadConfig(manual_dir=downloads / "manual"),
        )
    except Exception as error:  # TFDS has no common base class for its many failures
        raise RunError(f"ingest.source: TFDS could not prepare {builder.info.full_name}: {error}") from error
    return Path(builder.data_path)


def _builder(dataset: DatasetName) -> tfds.core.DatasetBuilder:
    try:
        return tfds.builder(":".join(filter(None, dataset)), data_dir=data_dir())
    except tfds.core.DatasetNotFoundError as error:
        raise InputError(f"ingest.source: TFDS has no dataset {dataset.name!r}{_hint(dataset.name)}") from error
    except (ValueError, AssertionError, ImportError) as error:
        raise InputError(f"ingest.source: TFDS cannot build {':'.join(filter(None, dataset))}: {error}") from error


def _hint(name: str) -> str:
    near = closest(name, tfds.list_builders(with_community_datasets=False))
    return f". Did you mean 'tfds:{near}'?" if near else ""


def _image_key(info: tfds.core.DatasetInfo) -> str:
    images = [key for key, feature in info.features.items() if type(feature) is tfds.features.Image]
    if not images:
        raise InputError(
            f"ingest.source: expected a dataset with an image feature, got {info.full_name} with "
            f"{', '.join(info.features)}"
        )
    preferred = [key for key in ((info.supervised_keys or ("",))[0], "image") if key in images]
    if not preferred and len(images) > 1:
        raise InputError(
            f"ingest.source: expected one image per example, got several in {info.full_name}: {', '.join(images)}"
        )
    key: str = (preferred or images)[0]
    if info.features[key].np_dtype not in (np.uint8, np.uint16):
        raise InputError(
            f"ingest.source: expected integer pixels, got {info.features[key].np_dtype} in {info.full_name}"
        )
    return key


def _label_key(info: tfds.core.DatasetInfo) -> str | None:
    labels = [key for key, feature in info.features.items() if isinstance(feature, tfds.features.ClassLabel)]
    preferred = [key for key in ((info.supervised_keys or ("",))[-1], *_LABELS) if key in labels]
    return next(iter(preferred or labels), None)


def factor_keys(info: tfds.core.DatasetInfo) -> dict[str, str]:
    """The keys of the class labels by the names of the factors that they are; empty if the images are no full grid.

    Several labels of photographs, such as coarse and fine classes, do not generate an image for each combination.
    """
    sizes = {
        key: feature.num_classes
        for key, feature in info.features.items()
        if isinstance(feature, tfds.features.ClassLabel)
    }
    full = len(sizes) > 1 and prod(sizes.values()) == info.splits.total_num_examples
    return {key.removeprefix(_PREFIX): key for key in sizes} if full else {}


def _label_names(info: tfds.core.DatasetInfo, label: str) -> tuple[str, ...]:
    feature = info.features[label]
    check_names(feature.names)
    if len(feature.names) != feature.num_classes:  # TFDS drops empty names, which shifts all later ones
        raise InputError(
            f"ingest.source: expected {feature.num_classes} class names, none of them empty, in {info.full_name}, "
            f"got {', '.join(feature.names)}"
        )
    return tuple(feature.names)


def _files(split: tfds.core.SplitInfo) -> Iterator[_File]:
    starts = accumulate(split.shard_lengths, initial=0)
    for path, start in zip(split.filepaths, starts, strict=False):
        yield _File(split.name, Path(path), start)


def _batch_size(info: tfds.core.DatasetInfo) -> int:
    """A number of examples that fits in memory."""
    num_bytes = sum(int(split.num_bytes) for split in info.splits.values())
    return max(1, min(_BATCH, _BATCH_BYTES * info.splits.total_num_examples // max(1, num_bytes)))


def _read(
    file_format: tfds.core.FileFormat,
    image: str,
    label: str | None,
    factors: Mapping[str, str],
    batch_size: int,
    file: _File,
) -> Iterator[SourceImage]:
    """Read images without decoding them. Their ids are their indices in the split, which a version determines."""
    features = {image: tf.io.FixedLenFeature((), tf.string)}
    features |= {key: tf.io.FixedLenFeature((), tf.int64) for key in (label, *factors.values()) if key}
    records = file_adapters.ADAPTER_FOR_FORMAT[file_format].make_tf_data(file.path).batch(batch_size)
    index = file.start
    for batch in records.map(lambda some: tf.io.parse_example(some, features)).as_numpy_iterator():
        labels = batch[label].tolist() if label else [None] * len(batch[image])
        values = {name: batch[key].tolist() for name, key in factors.items()}
        for row, (encoded, number) in enumerate(zip(batch[image].tolist(), labels, strict=True)):
            known = {name: column[row] for name, column in values.items()} or None
            yield SourceImage(f"{file.split}/{index:08d}", file.split, number, encoded, factors=known)
            index += 1
