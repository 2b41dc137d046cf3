"""The steps as lightweight components of Kubeflow Pipelines.

Kubeflow sends the source text of each function to the cluster and runs it there in isolation, so the imports are inside
the functions. A component has the parameters of its step function, under the same names; the plan connects them. `beam`
contains the step's Beam options.
"""

from kfp.dsl import HTML, Artifact, Dataset, Input, Metrics, Model, Output


def ingest(config: str, output: Output[Dataset], beam: str) -> None:
    """Read, check and store every image of the source."""
    from vaeflow.components.ingest import ingest
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(ingest, config, output, beam=beam)


def preprocess(config: str, dataset: Input[Dataset], output: Output[Dataset], beam: str) -> None:
    """Convert the images to examples of one shape, in train, validation and test splits."""
    from vaeflow.components.preprocess import preprocess
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(preprocess, config, output, beam=beam, dataset=dataset)


def train(config: str, examples: Input[Dataset], output: Output[Model]) -> None:
    """Train the model."""
    from vaeflow.components.train import train
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(train, config, output, examples=examples)


def features(config: str, examples: Input[Dataset], output: Output[Model]) -> None:
    """Train the network in whose features evaluate compares distributions of images."""
    from vaeflow.components.features import features
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(features, config, output, examples=examples)


def evaluate(
    config: str,
    examples: Input[Dataset],
    model: Input[Model],
    features: Input[Model],
    output: Output[Artifact],
    beam: str,
    metrics: Output[Metrics],
    report: Output[HTML],
) -> None:
    """Evaluate the model on the test split: metrics, figures, report and verdict."""
    from vaeflow.components.evaluate import evaluate
    from vaeflow.pipeline.kubeflow_launcher import launch, show

    launch(evaluate, config, output, beam=beam, examples=examples, model=model, features=features)
    show(output, metrics, report)


def export(config: str, model: Input[Model], evaluation: Input[Artifact], output: Output[Model]) -> None:
    """Export the decoder and the encoder for TensorFlow Serving."""
    from vaeflow.components.export import export
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(export, config, output, model=model, evaluation=evaluation)


def publish(config: str, exported: Input[Model], output: Output[Artifact]) -> None:
    """Make the exported models the newest version in a folder that TensorFlow Serving watches, if one is set."""
    from vaeflow.components.publish import publish
    from vaeflow.pipeline.kubeflow_launcher import launch

    launch(publish, config, output, exported=exported)
