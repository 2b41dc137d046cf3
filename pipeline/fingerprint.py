"""Digests of an artifact's content and of a step's code, and the cache key made from them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vaeflow.components.artifacts import Artifact
from vaeflow.models.config import Config
from vaeflow.pipeline.imports import code_files
from vaeflow.pipeline.known_code import known_code, read_code
from vaeflow.pipeline.manifest import Manifest
from vaeflow.pipeline.plan import START_FIELD, Step

LIBRARIES = ("tensorflow", "keras", "tensorflow-probability")


def cache_key(step: Step, config: Config, inputs: Sequence[str], salt: str = "") -> str:
    """The cache key of a step: a digest of everything that its result depends on.

    `inputs` are the content digests of the input artifacts, and of what the step starts from. Of `config`, the whole
    configuration, only the step's own section counts, without the name of what it starts from, and the alternatives in
    the code that it selects. Two executions with the same key give the same artifact. A `salt` separates a run's keys
    from all others.
    """
    section = getattr(config, step.name)
    parts = {
        "step": step.name,
        "config": section.model_dump(mode="json", exclude={START_FIELD}),
        "outside": step.fingerprint(section) if step.fingerprint else "",
        "inputs": list(inputs),
        "code": code_digest(step, config),
        "libraries": library_versions(),
        "salt": salt,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that compute; each takes milliseconds to look up."""
    return {name: version(name) for name in LIBRARIES}


def code_digest(step: Step, config: Config) -> str:
    """Digest of the vaeflow code that the step uses with this configuration: all that it imports, directly or not.

    Where the code chooses among alternatives, only the chosen one counts. Comments, layout and docstrings do not count.
    """
    return digest_of_code(step.run, tuple((choice.among, choice.chosen(config)) for choice in step.chooses))


@cache
def digest_of_code(function: Callable[..., object], chosen: tuple[tuple[str, str | None], ...] = ()) -> str:
    """Digest of the vaeflow code that a function uses. Each pair replaces a module, as in `code_files`."""
    digest = hashlib.sha256()
    for name, path in sorted(code_files(function, dict(chosen)).items()):
        digest.update(f"{name}\0{_file_digest(path)}\n".encode())
    known_code().keep()
    return digest.hexdigest()


@cache
def _file_digest(path: Path) -> str:
    return read_code(path).digest if path.suffix == ".py" else hashlib.sha256(path.read_bytes()).hexdigest()


def content_digest(kind: type[Artifact], files: Manifest) -> str:
    """Digest of the names and contents of an artifact's files, without those that its kind excludes."""
    digest = hashlib.sha256()
    for name, record in sorted(files.items()):
        if not set(name.split("/")) & set(kind.digest_excludes):
            digest.update(f"{name}\0{record.sha256}\n".encode())
    return digest.hexdigest()
