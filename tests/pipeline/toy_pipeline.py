"""A plan of the toy steps. As a script, run it as the command line does: ROOT TROUBLE SECONDS."""

import sys
from pathlib import Path

from toy_steps import (
    Total,
    ToyConfig,
    export,
    foresee_total,
    has_begun,
    numbers,
    obstacle,
    prune,
    squares,
    take_over,
    total,
)

from vaeflow.components.publish import publish
from vaeflow.pipeline import beam_runner
from vaeflow.pipeline.display import interactive
from vaeflow.pipeline.outputs import Output, whole_record
from vaeflow.pipeline.plan import Extension, Step
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.starting import Start
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace

TOTAL = Output(total.__name__, Total, "the total", verb="added", noun="total", main="total.txt")


def find_total(name: str, root: Path) -> Start:
    run = find_run(Workspace(root), name)
    stored = whole_record(Workspace(root), run, TOTAL)
    file = stored.artifact.path / TOTAL.main
    return Start(run.id, file, file.read_text(), stored)


PLAN = (
    Step(numbers),
    Step(squares, needs=(numbers,)),
    Step(
        total,
        needs=(numbers, squares),
        resumes=True,
        extension=Extension("parts", obstacle, has_begun, take_over),
        start=find_total,
        foresees=foresee_total,
    ),
)
PUBLISHING = (Step(export, compared_in_full=True), Step(publish, needs=(export,), cached=False))


def toy_run(root: Path, *, plan=PLAN, name: str = "toy", pruned: bool = False, **sections) -> str:
    """Run the plan with these sections, until it is pruned if asked for, and return the run's id."""
    options = {key: sections.pop(key) for key in ("beam_args", "use_cache", "capture_stderr") if key in sections}
    on_epoch = prune if pruned else None
    return beam_runner.run(plan, Recipe(name, ToyConfig.model_validate(sections)), root, on_epoch=on_epoch, **options)


if __name__ == "__main__":
    with interactive(verbose=False, advice="Go on."):
        print(toy_run(Path(sys.argv[1]), total={"trouble": sys.argv[2], "seconds": float(sys.argv[3])}))
