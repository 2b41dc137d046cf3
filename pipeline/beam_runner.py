"""The local runner: run the plan as one Beam pipeline, with a transform for each step that is not cached."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from sqlite3 import Error as StoreError

from vaeflow.components.training.history import DivergedError, OnEpoch, Pruned
from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.context import Context, prepared
from vaeflow.pipeline.entities import StoredArtifact
from vaeflow.pipeline.execution import StepError, execute
from vaeflow.pipeline.failures import one_line, writing_to
from vaeflow.pipeline.interruption import run_in_thread
from vaeflow.pipeline.logs import logging_to_file
from vaeflow.pipeline.plan import Plan, Step, check
from vaeflow.pipeline.preconditions import known_options
from vaeflow.pipeline.recipes import Recipe

log = logging.getLogger(__name__)

ArtifactsByStep = dict[str, StoredArtifact]


class PrunedRun(Exception):  # noqa: N818, it is no error
    """The training of the run `run` was ended by its `on_epoch`, after epoch `epoch`."""

    def __init__(self, run: str, epoch: int) -> None:
        super().__init__(f"{run}: pruned after epoch {epoch}")
        self.run = run
        self.epoch = epoch


def run(
    plan: Plan,
    recipe: Recipe,
    root: Path,
    *,
    beam_args: Sequence[str] = (),
    use_cache: bool = True,
    capture_stderr: bool = False,
    on_epoch: OnEpoch | None = None,
) -> str:
    """Run the steps of the plan that are not cached, and return the run's id.

    The plan runs in this process; the recipe's `beam.args` and `beam_args` after them select the engine for the steps
    that are Beam pipelines themselves.
    `on_epoch` is called after each epoch of training; it must be possible to pickle it.
    Raises `InputError` or `RunError` if the run fails, with the step, the run, its log and what to do next; the latter
    is a `DivergedError` if its loss became NaN or infinite. Raises `PrunedRun` if `on_epoch` ends the training.
    """
    beam_args = (*recipe.config.beam.args, *beam_args)
    known_options(beam_args)
    check(plan, recipe.config, root)
    salt = "" if use_cache else uuid.uuid4().hex
    context = prepared(plan, recipe.config, root, beam_args=beam_args, salt=salt, on_epoch=on_epoch)
    with writing_to(root):
        context.workspace.prepare()
    found = find_cached(plan, context)
    with _tracked_run(context, recipe, capture_stderr) as run_id:
        made = _reuse(found, plan, context, run_id)
        if beam_args and any(step.takes_beam_args and step.name not in made for step in plan):
            _check_workers(context)
        if len(made) < len(plan):
            run_in_thread(lambda: _run_pipeline(plan, made, context, run_id))
    return run_id


def _check_workers(context: Context) -> None:
    """Refuse workers that cannot do the work. With a runner of this process, there are none to check."""
    from vaeflow.components.workers import check_workers

    check_workers(context.beam_args, context.workspace.root / "staging")


def find_cached(plan: Plan, context: Context) -> ArtifactsByStep:
    """The artifacts that are already in the store, found without importing Beam or any library of the steps."""
    made: ArtifactsByStep = {}
    for step in plan:
        if all(needed.__name__ in made for needed in step.needs):
            found = context.find(step, _inputs(step, made))
            if found is not None:
                made[step.name] = found
    return made


def _inputs(step: Step, made: ArtifactsByStep) -> tuple[StoredArtifact, ...]:
    return tuple(made[needed.__name__] for needed in step.needs)


def _reuse(found: ArtifactsByStep, plan: Plan, context: Context, run_id: str) -> ArtifactsByStep:
    """Record the artifacts found as used by this run, unless they have been garbage-collected in the meantime."""
    made: ArtifactsByStep = {}
    for step in plan:
        if step.name in found and all(needed.__name__ in made for needed in step.needs):
            key = found[step.name].key
            used = context.used(step, _inputs(step, made))
            stored = context.store.reuse(run_id, step.name, key, step.makes, used)
            if stored is not None:
                made[step.name] = stored
                log.info("%s: cached", step.name)
    return made


def _run_pipeline(plan: Plan, made: ArtifactsByStep, context: Context, run_id: str) -> None:
    """Run one transform per step. A step's inputs are side inputs, so it starts as soon as they are made."""
    import apache_beam as beam
    from apache_beam.pvalue import AsSingleton

    from vaeflow.components.engine import beam_pipeline

    with beam_pipeline() as pipeline:
        once = pipeline | "once" >> beam.Create([None])
        outputs = {}
        for place, step in enumerate(plan):
            if step.name in made:
                outputs[step.name] = pipeline | step.name >> beam.Create([made[step.name]])
            else:
                inputs = [AsSingleton(outputs[needed.__name__]) for needed in step.needs]
                later = plan[place + 1 :]
                perform = beam.Map(
                    lambda _, *inputs, step=step, later=later: execute(step, context, run_id, inputs, later), *inputs
                )
                outputs[step.name] = once | step.name >> perform


@contextmanager
def _tracked_run(context: Context, recipe: Recipe, capture_stderr: bool) -> Iterator[str]:
    """Record a run in the store and in its log file while the block executes it; yields the run's id."""
    store, workspace = context.store, context.workspace
    with ExitStack() as stack:
        with writing_to(context.root):
            config = context.config.model_dump_json()
            run_id = store.begin_run(
                recipe.name, config, lambda run: stack.enter_context(workspace.run_lock(run)), recipe.membership
            )
            stack.enter_context(logging_to_file(workspace.log(run_id), capture_stderr=capture_stderr))
        log.info("run %s", run_id)
        try:
            yield run_id
        except KeyboardInterrupt:
            with suppress(StoreError):  # for example a full disk; the run then counts as killed
                store.finish_run(run_id, "interrupted")
            raise
        except Exception as error:
            failed = _step_error(error)
            if failed and isinstance(failed.cause, Pruned):
                with writing_to(context.root):
                    store.finish_run(run_id, "pruned")
                log.info("%s", failed.cause)
                raise PrunedRun(run_id, failed.cause.epoch) from None
            log.debug("run %s failed", run_id, exc_info=True)
            failure = _failure(error, context, run_id)
            with suppress(StoreError):
                store.finish_run(run_id, "failed", str(failure))
            raise failure from error
        with writing_to(context.root):
            store.finish_run(run_id, "done")


def _failure(error: Exception, context: Context, run_id: str) -> InputError | RunError:
    failed = _step_error(error)
    what, cause = (f"{failed.step} failed in run {run_id}", failed.cause) if failed else (f"run {run_id} failed", error)
    again = "--no-cache runs every step again" if context.salt else "finished steps are not run again"
    ours = _kind(cause)
    advice = cause.advice if isinstance(cause, InputError | RunError) else ours("").advice
    return ours(f"{what}: {one_line(cause)}\nLog: {context.workspace.log(run_id)}\nNext: {advice}; {again}.")


def _kind(cause: BaseException) -> type[InputError] | type[RunError]:
    if isinstance(cause, InputError | PermissionError):
        return InputError
    return DivergedError if isinstance(cause, DivergedError) else RunError


def _step_error(error: BaseException) -> StepError | None:
    """Find our error in the chain of exceptions: Beam raises a copy of it with a longer message."""
    link: BaseException | None = error
    while link is not None and not isinstance(link, StepError):
        link = link.__cause__ or link.__context__
    return link
