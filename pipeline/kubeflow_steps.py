"""The steps as lightweight components of Kubeflow Pipelines.

Kubeflow ships the source text of each function to the cluster and runs it there on its own, which is why they import
inside. A component has the parameters of its step function, under the same names; the plan tells how they connect.
"""

from kfp.dsl import HTML, Artifact, Dataset, Input, Metrics, Model, Output


def ingest(config: str, output: Output[Dataset]) -> None:
    """Read, check and write every image of the source."""
    from vaeflow.components.ingest import ingest
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(ingest, config, output)


def preprocess(config: str, dataset: Input[Dataset], output: Output[Dataset]) -> None:
    """Make fixed-shape examples in train, validation and test."""
    from vaeflow.components.preprocess import preprocess
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(preprocess, config, output, dataset=dataset)


def train(config: str, examples: Input[Dataset], output: Output[Model]) -> None:
    """Fit the model."""
    from vaeflow.components.train import train
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(train, config, output, examples=examples)


def evaluate(
    config: str,
    examples: Input[Dataset],
    model: Input[Model],
    output: Output[Artifact],
    metrics: Output[Metrics],
    report: Output[HTML],
) -> None:
    """Measure the model on the test split, draw it, and judge it."""
    from vaeflow.components.evaluate import evaluate
    from vaeflow.pipeline.kubeflow_launcher import launch, show

    launch(evaluate, config, output, examples=examples, model=model)
    show(output, metrics, report)


def export(config: str, model: Input[Model], evaluation: Input[Artifact], output: Output[Model]) -> None:
    """Write the decoder and the encoder for TF Serving."""
    from vaeflow.components.export import export
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(export, config, output, model=model, evaluation=evaluation)
