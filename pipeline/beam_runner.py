"""The local runner: the plan becomes one Beam pipeline, with a transform for each step that is not made yet."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from sqlite3 import Error as StoreError
from threading import Thread

from vaeflow.models.errors import InputError, RunError
from vaeflow.pipeline.execution import Context, StepError, execute
from vaeflow.pipeline.failures import one_line, writing_to
from vaeflow.pipeline.logs import recorded
from vaeflow.pipeline.plan import Plan, Step
from vaeflow.pipeline.recipes import Recipe
from vaeflow.pipeline.records import StoredArtifact

log = logging.getLogger(__name__)

Made = dict[str, StoredArtifact]


def run(
    plan: Plan,
    recipe: Recipe,
    root: Path,
    *,
    beam_args: Sequence[str] = (),
    use_cache: bool = True,
    capture_stderr: bool = False,
) -> str:
    """Run the steps of the plan that were not made before; gives the run's id.

    Always in this process; `beam_args` choose the engine of those steps whose work is itself a Beam pipeline.
    Raises `InputError` or `RunError` that names the step, the run, its log and what to do next.
    """
    context = Context(root.absolute(), recipe.config, tuple(beam_args), salt="" if use_cache else uuid.uuid4().hex)
    with writing_to(root):
        context.workspace.prepare()
    found = _made_before(plan, context)
    with _recorded_run(context, recipe, capture_stderr) as run_id:
        made = _reuse(found, plan, context, run_id)
        if len(made) < len(plan):
            _in_thread(lambda: _run_pipeline(plan, made, context, run_id))
    return run_id


def _made_before(plan: Plan, context: Context) -> Made:
    """What is in the store already, found without Beam and without any library of the steps."""
    made: Made = {}
    for step in plan:
        if all(needed.__name__ in made for needed in step.needs):
            found = context.find(step, _inputs(step, made))
            if found is not None:
                made[step.name] = found
    return made


def _inputs(step: Step, made: Made) -> tuple[StoredArtifact, ...]:
    return tuple(made[needed.__name__] for needed in step.needs)


def _reuse(found: Made, plan: Plan, context: Context, run_id: str) -> Made:
    """Record what was found as used by this run, as far as it was not removed as garbage since."""
    made: Made = {}
    for step in plan:
        if step.name in found and all(needed.__name__ in made for needed in step.needs):
            key = found[step.name].key
            stored = context.store.reuse(run_id, step.name, key, step.makes, _inputs(step, made))
            if stored is not None:
                made[step.name] = stored
                log.info("%s: cached", step.name)
    return made


def _run_pipeline(plan: Plan, made: Made, context: Context, run_id: str) -> None:
    """One transform a step; the artifacts that it needs arrive as side inputs, so it starts when they are made."""
    import apache_beam as beam
    from apache_beam.pvalue import AsSingleton

    from vaeflow.components.engine import beam_pipeline

    with beam_pipeline() as pipeline:
        once = pipeline | "once" >> beam.Create([None])
        outputs = {}
        for step in plan:
            if step.name in made:
                outputs[step.name] = pipeline | step.name >> beam.Create([made[step.name]])
            else:
                inputs = [AsSingleton(outputs[needed.__name__]) for needed in step.needs]
                perform = beam.Map(lambda _, *inputs, step=step: execute(step, context, run_id, inputs), *inputs)
                outputs[step.name] = once | step.name >> perform


def _in_thread(work: Callable[[], None]) -> None:
    """Do the work in another thread. Signals reach Python's main thread alone, and only between two instructions:

    waiting here it hears Ctrl-C at once, in the middle of a long TensorFlow call it would not.
    """
    future: Future[None] = Future()

    def target() -> None:
        try:
            work()
            future.set_result(None)
        except BaseException as error:
            future.set_exception(error)

    Thread(target=target, name="pipeline", daemon=True).start()
    future.result()


@contextmanager
def _recorded_run(context: Context, recipe: Recipe, capture_stderr: bool) -> Iterator[str]:
    """Keep the book of a run: its id, its log file, and how it ended."""
    store, workspace = context.store, context.workspace
    with ExitStack() as stack:
        with writing_to(context.root):
            config = recipe.config.model_dump_json()
            run_id = store.begin_run(recipe.name, config, lambda run: stack.enter_context(workspace.run_lock(run)))
            stack.enter_context(recorded(workspace.log(run_id), capture_stderr=capture_stderr))
        log.info("run %s", run_id)
        try:
            yield run_id
        except KeyboardInterrupt:
            with suppress(StoreError):  # such as a full disk; the run then counts as killed
                store.finish_run(run_id, "interrupted")
            raise
        except Exception as error:
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
    advice = "it starts anew, as --no-cache asks" if context.salt else "what is done stays done"
    message = (
        f"{what}: {one_line(cause)}\n"
        f"Log: {context.workspace.log(run_id)}\n"
        f"Next: run the same command again, or change the recipe first; {advice}."
    )
    return InputError(message) if isinstance(cause, InputError) else RunError(message)


def _step_error(error: BaseException) -> StepError | None:
    """Beam raises a copy of an error with a longer message; ours is in its chain."""
    link: BaseException | None = error
    while link is not None and not isinstance(link, StepError):
        link = link.__cause__ or link.__context__
    return link
