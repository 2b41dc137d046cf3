"""Tests that need separate processes: a kill during training, and several devices."""

import json
import os
import socket
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from vaeflow.components.artifacts import Examples, Model
from vaeflow.components.train import train
from vaeflow.components.training.config import TrainConfig
from vaeflow.components.training.learned_objective import OBJECTIVE_FILE
from vaeflow.models.building import load

pytestmark = pytest.mark.full

PROCESSES = get_context("forkserver")
"""Forks of a process that has imported TensorFlow and not started it: importing takes longer than these trainings."""
PROCESSES.set_forkserver_preload(["vaeflow.components.training.fit"])
SMALL = {"model": {"latent_dim": 3, "network": {"hidden": [16]}}, "batch_size": 64, "xla": False}
"""As in the fixture `trained`, which uses one device. XLA would compile in every process."""


def start(
    config: dict, examples: Examples, *outputs: Path, devices: int = 1, cluster: dict | None = None
) -> ForkServerProcess:
    """A process that trains in each of the outputs, one after the other."""
    process = PROCESSES.Process(target=train_alone, args=(SMALL | config, examples, outputs, devices, cluster))
    process.start()
    return process


def train_alone(config: dict, examples: Examples, outputs: Sequence[Path], devices: int, cluster: dict | None) -> None:
    if cluster:
        os.environ["TF_CONFIG"] = json.dumps(cluster)
    parts = [tf.config.LogicalDeviceConfiguration()] * devices
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
    for output in outputs:
        output.mkdir(exist_ok=True)
        train(TrainConfig.model_validate(config), examples, output=output)


def finish(process: ForkServerProcess) -> None:
    process.join(timeout=200)
    assert process.exitcode == 0


def kill_after_epoch(process: ForkServerProcess, output: Path, epoch: int) -> None:
    while not list(output.glob(f"checkpoints/epoch-{epoch:05d}")):
        assert process.is_alive()
        time.sleep(0.005)
    process.kill()
    process.join()


def weights(output: Path) -> np.ndarray:
    return np.concatenate([weight.ravel() for weight in load(output / "model.keras").get_weights()])


def test_a_killed_training_goes_on_to_bit_identical_weights(digits_examples: Examples, tmp_path: Path):
    """With an objective that has variables and an optimizer of its own."""
    objective = {"name": "factor_vae", "gamma": 5, "hidden": [8]}
    config = {"epochs": 6, "deterministic": True, "schedule": "cosine", "objective": objective}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(config, digits_examples, killed)
    kill_after_epoch(process, killed, 2)
    assert not (killed / "model.keras").exists()
    finish(start(config, digits_examples, killed, whole))
    np.testing.assert_array_equal(weights(killed), weights(whole))
    assert (killed / OBJECTIVE_FILE).read_bytes() == (whole / OBJECTIVE_FILE).read_bytes()
    assert epochs(killed) == epochs(whole)


def test_two_devices_under_mirrored_strategy_train_as_well_as_one(
    digits_examples: Examples, trained: Model, tmp_path: Path
):
    """Not the same way: each device draws its own noise."""
    finish(start({"epochs": 2, "strategy": "mirrored"}, digits_examples, tmp_path / "two", devices=2))
    one, two = (epochs(output)[1]["val_elbo"] for output in (trained.path, tmp_path / "two"))
    np.testing.assert_allclose(two, one, rtol=0.05)
    assert np.isfinite(weights(tmp_path / "two")).all()


def epochs(output: Path) -> list[dict[str, float]]:
    return json.loads((output / "history.json").read_text())["epochs"]


def free_addresses(count: int) -> list[str]:
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    addresses = [f"localhost:{opened.getsockname()[1]}" for opened in sockets]
    for opened in sockets:
        opened.close()
    return addresses


def test_devices_and_workers_without_noise_follow_the_loss_curve_of_one_device(grey_examples: Examples, tmp_path: Path):
    likelihood = {"name": "gaussian"}
    model = {"name": "autoencoder", "latent_dim": 3, "network": {"hidden": [16]}, "likelihood": likelihood}
    config = {"epochs": 3, "model": model}
    one, mirrored, shared = tmp_path / "one", tmp_path / "mirrored", tmp_path / "shared"
    addresses = free_addresses(2)
    processes = [
        start(config, grey_examples, one),
        start(config | {"strategy": "mirrored"}, grey_examples, mirrored, devices=4),
        *(
            start(
                config | {"strategy": "multi_worker"},
                grey_examples,
                shared,
                cluster={"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}},
            )
            for index in range(2)
        ),
    ]
    for process in processes:
        finish(process)
    for output in (mirrored, shared):
        for there, here in zip(epochs(output), epochs(one), strict=True):
            assert there == pytest.approx(here, rel=1e-5)
    assert len(list(shared.glob("logs/train/events.*"))) == 1
