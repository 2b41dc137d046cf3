"""Versions that come and go while requests are answered."""

import os
import shutil
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from tests.serving.conftest import serving
from vaeflow.components.serving.saved_model import prediction_log
from vaeflow.models.errors import InputError
from vaeflow.serving.errors import ServingError
from vaeflow.serving.saved_model import SavedModel
from vaeflow.serving.warming import REQUESTS

PATIENCE = 60


def until(condition):
    """Wait for what a watching server does soon."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def folder(toy_folder, tmp_path):
    """A folder with version 1 of the model `toy`, without a configuration."""
    shutil.copytree(toy_folder / "toy" / "1", tmp_path / "models" / "toy" / "1")
    return tmp_path / "models"


@pytest.fixture
def add(folder, toy_folder):
    """Add a version as a publisher does: `add(number, copied)`."""

    def publish(number, copied=2):
        incoming = folder / "toy" / ".incoming"
        shutil.copytree(toy_folder / "toy" / str(copied), incoming)
        incoming.rename(folder / "toy" / str(number))

    return publish


def answer(server):
    """What version 1 answers with 2.5, and version 2 with 3.5."""
    return server.predict(instances=[1.0]).json()["predictions"]


def configure(folder, *names):
    """Write a configuration of models."""
    entries = " ".join(f'config {{ name: "{name}" base_path: "/models/{name}" }}' for name in names)
    (folder / "all.config").write_text(f"model_config_list {{ {entries} }}")


def states(server):
    entries = server.http.get("/v1/models/toy").json()["model_version_status"]
    return {int(entry["version"]): entry["state"] for entry in entries}


def test_a_new_version_takes_over_and_an_older_one_comes_back(folder, add):
    with serving(folder) as server:
        assert answer(server) == [2.5]
        add(2)
        until(lambda: answer(server) == [3.5])
        until(lambda: states(server) == {2: "AVAILABLE", 1: "END"})
        add(3, copied=1)
        until(lambda: answer(server) == [2.5])
        shutil.rmtree(folder / "toy" / "3")
        until(lambda: answer(server) == [3.5])
        until(lambda: states(server) == {3: "END", 2: "AVAILABLE", 1: "END"})
        assert server.http.post("/v1/models/toy/versions/1:predict", json={"instances": [1.0]}).status_code == 404


def test_a_request_is_answered_by_the_version_that_it_began_with(folder, add):
    with serving(folder) as server:
        answers = []
        inputs = {"signature_name": "busy", "inputs": {"steps": 200_000}}
        request = threading.Thread(target=lambda: answers.append(server.predict(**inputs)))
        request.start()
        until(lambda: server.service.models.by_name["toy"].versions[1]._users)
        add(2)
        until(lambda: answer(server) == [3.5])
        assert states(server)[1] == "UNLOADING"
        request.join()
        assert answers[0].json() == {"outputs": 200_000}
        until(lambda: states(server)[1] == "END")


def test_a_version_that_cannot_be_loaded_is_told_and_tried_again_when_it_changes(folder, add, caplog):
    with serving(folder) as server:
        broken = folder / "toy" / "2"
        incoming = folder / "toy" / ".broken"
        shutil.copytree(folder / "toy" / "1", incoming, ignore=shutil.ignore_patterns("variables*"))
        incoming.rename(broken)
        until(lambda: states(server).get(2) == "END")
        status = server.http.get("/v1/models/toy/versions/2").json()["model_version_status"][0]["status"]
        assert status["error_code"] == "UNKNOWN"
        assert status["error_message"]
        assert answer(server) == [2.5]
        time.sleep(0.3)
        assert caplog.text.count("toy version 2 cannot be loaded") == 1
        shutil.rmtree(broken)
        add(2)
        until(lambda: answer(server) == [3.5])


def test_damaged_weights_are_told_in_a_sentence(folder):
    (weights,) = (folder / "toy" / "1").glob("variables/*data*")
    weights.write_bytes(b"")
    with pytest.raises(ServingError, match=r"^Read less bytes than requested$"):
        SavedModel(folder / "toy" / "1")


def test_a_version_that_cannot_answer_its_warm_up_requests_is_not_served(folder, toy_folder):
    incoming = shutil.copytree(toy_folder / "toy" / "2", folder / "toy" / ".incoming")
    (incoming / REQUESTS).parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(incoming / REQUESTS)) as writer:
        writer.write(prediction_log("positive", {"x": np.float32([-1])}))
    with serving(folder) as server:
        incoming.rename(folder / "toy" / "2")
        until(lambda: states(server).get(2) == "END")
        status = server.http.get("/v1/models/toy/versions/2").json()["model_version_status"][0]["status"]
        assert status["error_message"] == f"{REQUESTS}: x: expected positive numbers"
        assert answer(server) == [2.5]


def test_a_model_whose_folder_is_not_there_keeps_no_other_from_changing(folder, add, caplog):
    configure(folder, "later", "toy")
    with serving(folder) as server:
        assert answer(server) == [2.5]
        add(2)
        until(lambda: answer(server) == [3.5])
        assert server.http.get("/health/ready").status_code == 503
        missing = f"later: {folder / 'later'}: expected a folder of versions: No such file or directory."
        assert [message for message in caplog.messages if "later" in message] == [missing]
        (folder / "toy").rename(folder / "later")
        until(lambda: server.http.get("/health/ready").status_code == 200)
        until(lambda: f"toy: {folder / 'toy'}" in caplog.text)
        assert answer(server) == [3.5]


@pytest.mark.parametrize("content", ["", "model_config_list {"])
def test_a_configuration_that_is_being_written_changes_nothing(folder, caplog, content):
    (folder / "toy").rename(folder / "encoder")
    configure(folder, "x-encoder")
    with serving(folder) as server:
        (folder / "all.config").write_text(content)
        until(lambda: "all.config: expected a configuration" in caplog.text)
        time.sleep(0.2)
        assert [record.levelname for record in caplog.records].count("WARNING") == 1
        assert [*server.service.models.by_name] == ["x-encoder"]
        assert server.predict("/v1/models/x-encoder", instances=[1.0]).json() == {"predictions": [2.5]}


def test_new_models_appear_and_removed_ones_go(folder):
    with serving(folder) as server:
        shutil.copytree(folder / "toy", folder / "other")
        until(lambda: server.predict("/v1/models/other", instances=[1.0]).status_code == 200)
        shutil.rmtree(folder / "toy")
        until(lambda: server.predict(instances=[1.0]).status_code == 404)
        until(lambda: "toy" not in server.service.models.by_name)


def test_models_are_kept_while_the_folder_cannot_be_read(folder, caplog):
    with serving(folder) as server:
        os.rename(folder, folder.with_name("away"))
        until(lambda: "No such file" in caplog.text)
        assert answer(server) == [2.5]
        os.rename(folder.with_name("away"), folder)
        assert answer(server) == [2.5]


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected SavedModels in numbered folders"), serving(tmp_path):
        pass
