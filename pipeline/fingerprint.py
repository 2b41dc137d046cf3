"""Digests: of an artifact's content, of the code behind a step, and the cache key that joins all a step depends on."""

import ast
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vaeflow.components.artifacts import Artifact
from vaeflow.models.config import Config
from vaeflow.pipeline.imports import code_files
from vaeflow.pipeline.plan import Step

LIBRARIES = ("tensorflow", "keras", "tensorflow-probability")


def cache_key(step: Step, config: Config, inputs: Sequence[str], salt: str = "") -> str:
    """What the result of a step is a function of; `inputs` are the content digests of its input artifacts.

    Two executions with one key give the same artifact. A `salt` keeps a run's keys apart from all others'.
    """
    parts = {
        "step": step.name,
        "config": config.model_dump(mode="json"),
        "outside": step.fingerprint(config) if step.fingerprint else "",
        "inputs": list(inputs),
        "code": code_digest(step.run),
        "libraries": {name: version(name) for name in LIBRARIES},
        "salt": salt,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def code_digest(function: Callable[..., object]) -> str:
    """Of all the vaeflow code that the function can reach by its imports; comments and layout do not count."""
    digest = hashlib.sha256()
    for name, path in sorted(code_files(function).items()):
        content = path.read_bytes()
        if path.suffix == ".py":
            content = ast.dump(ast.parse(content)).encode()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def content_digest(artifact: Artifact) -> str:
    """Of the names and bytes of the artifact's files, without what its kind leaves out."""
    digest = hashlib.sha256()
    for file in sorted(_files(artifact), key=lambda file: file.as_posix()):
        with open(artifact.path / file, "rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{file.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _files(artifact: Artifact) -> list[Path]:
    found = (path.relative_to(artifact.path) for path in artifact.path.rglob("*") if path.is_file())
    return [path for path in found if not set(path.parts) & set(artifact.digest_excludes)]
