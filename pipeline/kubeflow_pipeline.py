"""The plan as a Kubeflow Pipelines v2 pipeline."""

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from kfp import dsl

from vaeflow.pipeline import kubeflow_steps
from vaeflow.pipeline.config import KubeflowConfig, PipelineConfig
from vaeflow.pipeline.plan import PLAN, Step
from vaeflow.pipeline.resources import Resources

NAME = "vaeflow"


def build_pipeline(config: PipelineConfig) -> Any:
    """A KFP pipeline with one task for each step of the plan.

    Its parameters are the sections of the configuration, as JSON, which a user can edit for one run. Its outputs are
    the artifacts of the steps.
    """
    components = {step.name: _component(step, config.kubeflow) for step in PLAN}
    outputs = NamedTuple("Outputs", [(step.name, _artifact_type(components[step.name])) for step in PLAN])  # type: ignore[misc]

    def pipeline(*parameters: Any) -> Any:
        *sections, beam = parameters
        tasks: dict[str, Any] = {}
        for step, section in zip(PLAN, sections, strict=True):
            inputs = {name: tasks[need].outputs["output"] for name, need in _inputs(step).items()}
            if step.takes_beam_args:
                inputs["beam"] = beam
            tasks[step.name] = components[step.name](config=section, **inputs)
            tasks[step.name].set_caching_options(config.kubeflow.caching and step.cached)
        for name, resources in config.kubeflow.resources.items():
            _request(tasks[name], resources)
        return outputs(**{name: task.outputs["output"] for name, task in tasks.items()})

    pipeline.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter(name, config) for name in (*(step.name for step in PLAN), "beam")], return_annotation=outputs
    )
    return dsl.pipeline(pipeline, name=NAME, description=config.description or None)


def _parameter(name: str, config: PipelineConfig) -> inspect.Parameter:
    section = getattr(config, name).model_dump_json()
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=section, annotation=str)


def _component(step: Step, config: KubeflowConfig) -> Any:
    function = getattr(kubeflow_steps, step.name)
    # The image contains kfp already; by default every step would install it at its start.
    return dsl.component(function, base_image=config.image, install_kfp_package=False)


def _artifact_type(component: Any) -> Any:
    artifact_type, *_ = component.python_func.__annotations__["output"].__args__
    return artifact_type


def _inputs(step: Step) -> Mapping[str, str]:
    """The names of the step function's inputs, each with the name of the step that makes it."""
    _, *parameters = inspect.signature(step.run).parameters
    return dict(zip(parameters, (needed.__name__ for needed in step.needs), strict=False))


def _request(task: Any, resources: Resources) -> None:
    """Request as much as the limit, so that the scheduler reserves it."""
    if resources.cpu is not None:
        task.set_cpu_request(resources.cpu).set_cpu_limit(resources.cpu)
    if resources.memory is not None:
        task.set_memory_request(resources.memory).set_memory_limit(resources.memory)
    if resources.accelerator is not None:
        task.set_accelerator_type(resources.accelerator).set_accelerator_limit(resources.accelerator_count)
