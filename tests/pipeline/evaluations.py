"""Runs whose evaluations are written by hand, through the real store and with the files that evaluate writes."""

import json
from pathlib import Path

import numpy as np

from tests.protocols import PROTOCOL
from vaeflow.components.artifacts import Evaluation, Examples
from vaeflow.components.evaluation.measuring.per_image import PerImageWriter
from vaeflow.components.evaluation.results import Results
from vaeflow.components.evaluation.verdict import Verdict
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.fingerprint import content_digest
from vaeflow.pipeline.manifest import take_manifest
from vaeflow.pipeline.recipe_changes import apply
from vaeflow.pipeline.workspace import Workspace


class Evaluations:
    """A root of runs with given numbers."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.workspace.prepare()
        self._made = 0

    def add(self, recipe="toy", *changes, per_image=None, metrics=None, test="images", ids=None, **protocol):
        """Record a finished run and return its id.

        `changes` are those of `--set`. `per_image` are values of each test image, by metric, whose means and standard
        errors become metrics; `metrics` are others. `test` stands for the content of the test images, and `protocol`
        are fields of the protocol.
        """
        settings: dict = {}
        apply(changes, settings)
        config = PipelineConfig.model_validate(settings)
        store = self.workspace.store
        run = store.begin_run(recipe, config.model_dump_json(), announce=lambda run: None)
        examples = self._publish(run, "preprocess", Examples, lambda folder: write_examples(folder, test))
        self._publish(
            run,
            "evaluate",
            Evaluation,
            lambda folder: write_evaluation(folder, per_image or {}, metrics or {}, ids, protocol),
            [examples],
        )
        store.finish_run(run, "done")
        return run

    def begin(self, recipe="toy"):
        """Record a run that has not evaluated anything, and return its id."""
        return self.workspace.store.begin_run(recipe, PipelineConfig().model_dump_json(), announce=lambda run: None)

    def folder(self, run, step):
        """The folder of the artifact that a step of the run made."""
        store = self.workspace.store
        (key,) = (each.key for each in store.executions(run) if each.step == step)
        return self.workspace.published(step, key)

    def _publish(self, run, step, kind, write, inputs=()):
        self._made += 1
        key = f"{self._made:012d}"
        folder = self.workspace.published(step, key)
        folder.mkdir()
        write(folder)
        files, store = take_manifest(folder), self.workspace.store
        execution = store.begin_execution(run, step, key, inputs)
        return store.finish_made(execution, key, kind(folder), content_digest(kind, files), files)


def write_examples(folder, test):
    for split, content in {"train": "many images", "validation": "some images", "test": test}.items():
        (folder / f"examples-{split}.tfrecord-00000-of-00001").write_text(content)
    statistics = {split: {"binary": "binary" in test} for split in ("train", "validation", "test")}
    (folder / "statistics.json").write_text(json.dumps(statistics))


def write_evaluation(folder, per_image, metrics, ids, protocol):
    columns = {name: np.asarray(values, np.float64) for name, values in per_image.items()}
    images = max(map(len, columns.values()), default=4)
    if columns:
        with PerImageWriter(folder / "per_image.parquet") as writer:
            writer.add(ids or [f"image-{i}" for i in range(images)], None, columns, {})
    means = {name: float(np.nanmean(values)) for name, values in columns.items()}
    errors = {name: float(np.nanstd(values) / np.sqrt(images)) for name, values in columns.items()}
    Results(
        metrics={**means, **metrics},
        kl_per_dimension=(),
        protocol=PROTOCOL.model_copy(update={"images": images, "standard_error": errors, **protocol}),
        findings=(),
        verdict=Verdict(passed=True, checks=()),
    ).save(folder / "metrics.json")
