import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from vaeflow.models.errors import InputError
from vaeflow.pipeline import kubeflow_runner, kubeflow_steps
from vaeflow.pipeline.config import PipelineConfig
from vaeflow.pipeline.plan import PLAN
from vaeflow.pipeline.recipes import load

GOLDEN = Path(__file__).parents[2] / "kubeflow" / "pipeline.yaml"
REGENERATE = "The pipeline has changed. Run: vaeflow kubeflow compile mnist5k -o kubeflow/pipeline.yaml"


def compiled(folder, config):
    kubeflow_runner.compile(config, folder / "pipeline.yaml")
    return yaml.safe_load((folder / "pipeline.yaml").read_text())


def container(pipeline, step):
    return pipeline["deploymentSpec"]["executors"][f"exec-{step}"]["container"]


def test_the_compiled_pipeline_is_the_golden_file(tmp_path):
    golden = yaml.safe_load(GOLDEN.read_text())
    now = compiled(tmp_path, load("mnist5k").config)
    for pipeline in (golden, now):
        del pipeline["sdkVersion"]
    assert now == golden, REGENERATE


def test_tasks_are_connected_as_in_the_plan(tmp_path):
    tasks = compiled(tmp_path, PipelineConfig())["root"]["dag"]["tasks"]
    wired = {
        name: [given["taskOutputArtifact"]["producerTask"] for given in task["inputs"].get("artifacts", {}).values()]
        for name, task in tasks.items()
    }
    assert {name: sorted(made_by) for name, made_by in wired.items()} == {
        step.name: sorted(needed.__name__ for needed in step.needs) for step in PLAN
    }


@pytest.mark.parametrize("step", PLAN, ids=lambda step: step.name)
def test_a_component_has_the_parameters_of_its_step(step):
    """But a function of Python, and what it starts from, since a cluster knows no run of another root."""
    parameters = [name for name in inspect.signature(step.run).parameters if name not in ("on_epoch", "start")]
    taken = ["beam" if name == "beam_args" else name for name in parameters]
    assert list(inspect.signature(getattr(kubeflow_steps, step.name)).parameters)[: len(taken)] == taken


def test_a_pipeline_that_would_start_from_a_run_of_this_machine_is_refused(tmp_path):
    config = load("mnist5k", ["train.start_from=latest"]).config
    with pytest.raises(InputError, match=r"^train\.start_from: a pipeline for Kubeflow cannot start from a run"):
        compiled(tmp_path, config)
    assert list(tmp_path.iterdir()) == []


def test_artifacts_are_typed(tmp_path):
    components = compiled(tmp_path, PipelineConfig())["components"]
    kinds = {
        f"{step.name}.{name}": output["artifactType"]["schemaTitle"]
        for step in PLAN
        for name, output in components[f"comp-{step.name}"]["outputDefinitions"]["artifacts"].items()
    }
    assert kinds == {
        "ingest.output": "system.Dataset",
        "preprocess.output": "system.Dataset",
        "train.output": "system.Model",
        "features.output": "system.Model",
        "evaluate.output": "system.Artifact",
        "evaluate.metrics": "system.Metrics",
        "evaluate.report": "system.HTML",
        "export.output": "system.Model",
        "publish.output": "system.Artifact",
    }


def test_parameters_contain_the_whole_configuration(tmp_path):
    changes = ["train.epochs=7", "ingest.max_quarantined=0.25", "beam.args=[--direct_num_workers=2]"]
    config = load("mnist5k", changes).config
    parameters = compiled(tmp_path, config)["root"]["inputDefinitions"]["parameters"]
    for name in (*(step.name for step in PLAN), "beam"):
        section = getattr(config, name)
        assert type(section).model_validate_json(parameters[name]["defaultValue"]) == section


def test_the_engine_is_passed_to_the_steps_that_are_beam_pipelines(tmp_path):
    tasks = compiled(tmp_path, PipelineConfig())["root"]["dag"]["tasks"]
    with_engine = {name for name, task in tasks.items() if "beam" in task["inputs"]["parameters"]}
    assert with_engine == {step.name for step in PLAN if step.takes_beam_args}


def test_an_unknown_option_of_beam_is_refused_before_it_is_compiled(tmp_path):
    with pytest.raises(InputError, match="Beam option --x=y: no such option"):
        compiled(tmp_path, PipelineConfig.model_validate({"beam": {"args": ["--x=y"]}}))


def test_the_recipe_sets_image_resources_and_caching(tmp_path):
    config = PipelineConfig.model_validate(
        {
            "kubeflow": {
                "image": "vaeflow:7",
                "caching": False,
                "resources": {
                    "train": {"cpu": "4", "memory": "8Gi", "accelerator": "nvidia.com/gpu", "accelerator_count": 2}
                },
            }
        }
    )
    pipeline = compiled(tmp_path, config)
    train = container(pipeline, "train")
    assert train["resources"]["resourceCpuRequest"] == train["resources"]["resourceCpuLimit"] == "4"
    assert train["resources"]["resourceMemoryRequest"] == train["resources"]["resourceMemoryLimit"] == "8Gi"
    assert train["resources"]["accelerator"]["resourceType"] == "nvidia.com/gpu"
    assert train["resources"]["accelerator"]["resourceCount"] == "2"
    assert "resources" not in container(pipeline, "export")
    assert {container(pipeline, step.name)["image"] for step in PLAN} == {"vaeflow:7"}
    assert not any(task["cachingOptions"].get("enableCache") for task in pipeline["root"]["dag"]["tasks"].values())


def test_results_are_cached_by_default_except_for_publications(tmp_path):
    tasks = compiled(tmp_path, PipelineConfig())["root"]["dag"]["tasks"]
    cached = {name: task["cachingOptions"].get("enableCache", False) for name, task in tasks.items()}
    assert cached == {step.name: step.cached for step in PLAN}
    assert not cached["publish"]


def test_nothing_is_installed_when_a_step_starts(tmp_path):
    pipeline = compiled(tmp_path, PipelineConfig())
    assert not any("pip install" in part for step in PLAN for part in container(pipeline, step.name)["command"])


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [("4", "1024"), ("0.5", "8Gi"), (".25", "500M"), ("500m", "1Ei"), (4, 1024), (0.5, "8Gi")],
)
def test_every_quantity_that_a_recipe_may_have_is_one_of_kubeflow(tmp_path, cpu, memory):
    config = PipelineConfig.model_validate({"kubeflow": {"resources": {"train": {"cpu": cpu, "memory": memory}}}})
    resources = container(compiled(tmp_path, config), "train")["resources"]
    assert (resources["resourceCpuLimit"], resources["resourceMemoryLimit"]) == (str(cpu), str(memory))


@pytest.mark.parametrize(
    ("name", "problem"), [("pipeline.json", r"ends in \.yaml"), ("no/folder.yaml", "No such file")]
)
def test_a_file_that_cannot_be_written_is_named(tmp_path, name, problem):
    with pytest.raises(InputError, match=problem):
        kubeflow_runner.compile(PipelineConfig(), tmp_path / name)


def test_without_kfp_the_extra_is_named():
    code = (
        "import sys; sys.modules['kfp'] = None\n"
        "from vaeflow.models.errors import InputError\n"
        "try: import vaeflow.pipeline.kubeflow_runner\n"
        "except InputError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'vaeflow[kubeflow]'" in done.stdout
