"""A Flink cluster on this machine: a JobManager, two TaskManagers and Beam's job server, each a process of its own.

Flink listens on the loopback interface only; for Beam's job server there is no such option. Each TaskManager starts its
own Python workers.
"""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LOOPBACK = "127.0.0.1"
TASK_MANAGERS = 2
START_SECONDS = 120
WORKER = Path(__file__).with_name("worker.py")

# What Flink's own scripts open for it since Java 17.
OPENED = ("lang", "net", "io", "nio", "lang.reflect", "text", "time", "util", "util.concurrent")
OPENED += ("util.concurrent.atomic", "util.concurrent.locks")
OPENS = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in OPENED]
LOGGING = ["-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss"]

JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
JOB_SERVER = "org.apache.beam.runners.flink.FlinkJobServerDriver"

# Two slots each, so that one TaskManager can take over the work of the other. Beam's option for restarts has no effect
# on its batch jobs: the cluster decides.
CONFIG = """\
jobmanager.rpc.address: {host}
jobmanager.bind-host: {host}
jobmanager.rpc.port: {rpc}
jobmanager.memory.process.size: 768m
rest.address: {host}
rest.bind-address: {host}
rest.port: {rest}
taskmanager.host: {host}
taskmanager.bind-host: {host}
taskmanager.numberOfTaskSlots: 2
taskmanager.cpu.cores: 1
taskmanager.memory.task.heap.size: 256m
taskmanager.memory.task.off-heap.size: 0b
taskmanager.memory.managed.size: 128m
taskmanager.memory.network.min: 64m
taskmanager.memory.network.max: 64m
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 128m
taskmanager.memory.jvm-overhead.max: 128m
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 1
restart-strategy.fixed-delay.delay: 1 s
heartbeat.interval: 2000
heartbeat.timeout: 10000
io.tmp.dirs: {scratch}
"""


@dataclass(frozen=True)
class Ports:
    """The TCP ports of the cluster."""

    rpc: int
    rest: int
    jobs: int
    artifacts: int


@dataclass(frozen=True)
class Cluster:
    """A running cluster."""

    ports: Ports
    task_managers: tuple[psutil.Process, ...]
    worker: Path

    def beam_args(self, worker: Path | None = None) -> list[str]:
        """The options that run a pipeline on this cluster; with `worker`, by another program."""
        return [
            "--runner=PortableRunner",
            f"--job_endpoint={LOOPBACK}:{self.ports.jobs}",
            "--environment_type=PROCESS",
            f"--environment_config={json.dumps({'command': str(worker or self.worker)})}",
            f"--parallelism={TASK_MANAGERS}",
        ]

    def failures_of_last_job(self) -> int:
        """How often the job that was submitted last has failed, and been restarted or not."""
        last = max(_get(self.ports, "/jobs/overview")["jobs"], key=lambda job: job["start-time"])
        return len(_get(self.ports, f"/jobs/{last['jid']}/exceptions")["exceptionHistory"]["entries"])

    def workers(self) -> list[psutil.Process]:
        """The Python workers that are alive."""
        return [child for parent in self.task_managers if parent.is_running() for child in parent.children()]


@contextmanager
def running(class_path: str, folder: Path) -> Iterator[Cluster]:
    """Start the cluster, with its logs in `folder`, and stop all of it at the end of the block."""
    ports = Ports(*_free_ports(4))
    config = CONFIG.format(host=LOOPBACK, rpc=ports.rpc, rest=ports.rest, scratch=folder)
    (folder / "flink-conf.yaml").write_text(config)
    configured = ["--configDir", str(folder)]
    with ExitStack() as stack:

        def start(name: str, memory: int, program: str, arguments: list[str]) -> psutil.Process:
            command = ["java", f"-Xmx{memory}m", *OPENS, *LOGGING, "-cp", class_path, program, *arguments]
            return stack.enter_context(_process(command, folder / f"{name}.log"))

        start("job-manager", 512, JOB_MANAGER, [*configured, "--host", LOOPBACK])
        task_managers = [
            start(f"task-manager-{number}", 384, TASK_MANAGER, configured) for number in range(TASK_MANAGERS)
        ]
        start("job-server", 512, JOB_SERVER, _job_server_arguments(ports, folder))
        _wait_for(ports)
        yield Cluster(ports, tuple(task_managers), write_worker(folder / "worker"))


def write_worker(path: Path, *first: Path) -> Path:
    """Write the program that starts a Python worker with our sources, and with the folders `first` before them."""
    sources = os.pathsep.join(filter(None, [*map(str, first), os.environ.get("PYTHONPATH")]))
    path.write_text(
        f"#!/bin/sh\nexport PYTHONPATH={shlex.quote(sources)}\n"
        f'exec {shlex.quote(sys.executable)} {shlex.quote(str(WORKER))} "$@"\n'
    )
    path.chmod(0o755)
    return path


def _job_server_arguments(ports: Ports, folder: Path) -> list[str]:
    return [
        f"--flink-master={LOOPBACK}:{ports.rest}",
        f"--job-host={LOOPBACK}",
        f"--job-port={ports.jobs}",
        f"--artifact-port={ports.artifacts}",
        "--expansion-port=-1",
        f"--artifacts-dir={folder / 'staged'}",
    ]


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[psutil.Process]:
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as popen:
        process = psutil.Process(popen.pid)
        try:
            yield process
        finally:
            for part in [*_children(process), process]:
                _kill(part)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind((LOOPBACK, 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_for(ports: Ports) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _ready(ports):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Flink did not start within {START_SECONDS} s.")
        time.sleep(0.5)


def _get(ports: Ports, path: str) -> Any:
    """Ask the JobManager's REST interface."""
    with urllib.request.urlopen(f"http://{LOOPBACK}:{ports.rest}{path}", timeout=5) as answer:
        return json.load(answer)


def _ready(ports: Ports) -> bool:
    try:
        registered = _get(ports, "/overview")["taskmanagers"]
        with socket.create_connection((LOOPBACK, ports.jobs), timeout=5):
            return registered == TASK_MANAGERS
    except OSError:
        return False
