"""Run vaeflow's train step on parts of the processor: EXAMPLES EPOCHS BATCH_SIZE STRATEGY PARTS.

PARTS is the number of logical devices, or with the strategy `multi_worker` that of worker processes. The output is the
median speed of the counted epochs, in images per second over all parts.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from speeds import speeds


def train_part(arguments: list[str], output: str, cluster: str | None = None) -> None:
    """Train in this process, as the worker that `cluster` describes if there is one."""
    if cluster:
        os.environ["TF_CONFIG"] = cluster
    import tensorflow as tf

    from vaeflow.components.artifacts import Examples
    from vaeflow.components.train import train
    from vaeflow.components.training.config import TrainConfig

    examples, counted, batch_size, strategy, parts = arguments
    if strategy == "mirrored":
        processor = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * int(parts))
    epochs = 1 + int(counted)
    config = TrainConfig.model_validate(
        {
            "model": {"latent_dim": 50, "network": {"hidden": [200, 200]}},
            "epochs": epochs,
            "patience": epochs,
            "batch_size": int(batch_size),
            "strategy": strategy,
        }
    )
    train(config, Examples(Path(examples)), output=Path(output))


def clusters(workers: int) -> list[str]:
    """What TF_CONFIG is for each worker of a cluster on free ports of this machine."""
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.create_server(("localhost", 0))) for _ in range(workers)]
        addresses = [f"localhost:{server.getsockname()[1]}" for server in sockets]
    tasks = [{"type": "worker", "index": index} for index in range(workers)]
    return [json.dumps({"cluster": {"worker": addresses}, "task": task}) for task in tasks]


@contextmanager
def other_workers(arguments: list[str], output: str, configurations: list[str]) -> Iterator[None]:
    """Processes that train with this one."""
    processes = [
        get_context("spawn").Process(target=train_part, args=(arguments, output, configuration))
        for configuration in configurations
    ]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.join()


def measure(arguments: list[str]) -> float:
    """Train with all parts and return the median speed."""
    strategy, parts = arguments[-2], int(arguments[-1])
    first, *others = clusters(parts) if strategy == "multi_worker" else (None,)
    with TemporaryDirectory() as output:
        with other_workers(arguments, output, others):
            train_part(arguments, output, first)
        return median(speeds(Path(output)))


if __name__ == "__main__":
    print(measure(sys.argv[1:]))
