"""Run one step on what earlier ones have written to a folder, and print its seconds: STEP FOLDER CONFIG.

CONFIG is the configuration of the step as JSON. The step `train` prints also the images per second of its last epoch.
"""

import json
import sys
import time
from pathlib import Path

from speeds import speeds

from vaeflow.components.artifacts import Dataset, Evaluation, Examples, FeatureNetwork, Model
from vaeflow.components.evaluate import evaluate
from vaeflow.components.evaluation.config import EvaluateConfig
from vaeflow.components.export import export
from vaeflow.components.feature_learning.config import FeaturesConfig
from vaeflow.components.features import features
from vaeflow.components.ingest import ingest
from vaeflow.components.preprocess import preprocess
from vaeflow.components.preprocessing.config import PreprocessConfig
from vaeflow.components.serving.config import ExportConfig
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig


def run(step: str, folder: Path, config: str) -> None:
    """Run the step, which writes to a folder of its name."""
    output = folder / step
    output.mkdir()
    dataset, examples = Dataset(folder / "ingest"), Examples(folder / "preprocess")
    model, evaluation = Model(folder / "train"), Evaluation(folder / "evaluate")
    match step:
        case "ingest":
            ingest(IngestConfig.model_validate_json(config), output=output)
        case "preprocess":
            preprocess(PreprocessConfig.model_validate_json(config), dataset, output=output)
        case "train" | "train_streamed":
            train(TrainConfig.model_validate_json(config), examples, output=output)
        case "features":
            features(FeaturesConfig.model_validate_json(config), examples, output=output)
        case "evaluate":
            network = FeatureNetwork(folder / "features")
            evaluate(EvaluateConfig.model_validate_json(config), examples, model, network, output=output)
        case "export":
            export(ExportConfig.model_validate_json(config), model, evaluation, output=output)


step, folder = sys.argv[1], Path(sys.argv[2])
started = time.perf_counter()
run(step, folder, sys.argv[3])
measured = {"seconds": time.perf_counter() - started}
if step.startswith("train"):
    measured["images_per_second"] = speeds(folder / step)[-1]
print(json.dumps(measured))
