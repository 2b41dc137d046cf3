"""`vaeflow explore`, on a finished run."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import numpy as np
import pytest


@pytest.fixture(scope="module")
def started(finished):
    """`vaeflow explore` in its own process, with the run beside itself, and the address that it prints."""
    command = [
        sys.executable,
        "-m",
        "vaeflow",
        "explore",
        "latest",
        "--compare",
        "runs/small-1",
        "--port",
        "0",
        "--no-browser",
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=finished.folder, env=finished.environment, text=True, **pipes) as process:
        yield process, re.match(r"(http://127\.0\.0\.1:\d+/)  \(Ctrl-C ends it\)\n", process.stdout.readline())[1]
        process.kill()


def get(address, body=None):
    request = urllib.request.Request(address, body, {"accept": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


@pytest.mark.full
def test_it_serves_the_models_until_ctrl_c(started):
    process, address = started
    assert b'src="page/main.js"' in get(address)
    one, other = json.loads(get(f"{address}models.json"))
    assert (one["name"], other["name"]) == ("small-1", "runs/small-1")
    body = json.dumps({"z": [[0.5, -0.5]]}).encode()
    images = [np.frombuffer(get(f"{address}models/{place}/decode", body), np.uint8) for place in (0, 1)]
    assert len(images[0]) == 64
    np.testing.assert_array_equal(*images)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


@pytest.mark.full
def test_it_writes_a_page_of_one_file(finished):
    done = finished("explore", "latest", "--export", "page.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "page.html\n", "")
    assert "<title>small-1</title>" in (finished.folder / "page.html").read_text()


def test_the_end_of_a_run_names_the_command(finished):
    assert re.search(r"  explore      \S*vaeflow explore small-1\n", finished.printed.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-run"], "no-run: no such run in "),
        (["latest", "--compare", "other/"], "RUN: expected the id of a run, or 'latest', got 'other/'."),
        (
            ["latest", "--export", "no/page.html"],
            "--export no/page.html: cannot be written: No such file or directory.",
        ),
    ],
)
def test_what_is_not_there_is_named(finished, arguments, message):
    done = finished.refusal("explore", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")


def test_a_port_in_use_is_named(finished):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = finished.refusal("explore", "latest", "--port", port, "--no-browser")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --host 127.0.0.1 --port {port}: cannot be opened: ")


def test_an_evaluation_of_an_older_version_has_to_be_made_again(finished, vaeflow):
    shutil.copytree(finished.folder / "runs", vaeflow.folder / "runs")
    (file,) = vaeflow.folder.glob("runs/artifacts/evaluate-*/explorer.npz")
    file.unlink()
    done = vaeflow.refusal("explore", "latest")
    assert done.returncode == 2
    assert "the evaluation is damaged" in done.stderr
