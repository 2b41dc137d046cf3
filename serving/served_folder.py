"""The models in a folder: those of the configurations for TensorFlow Serving in it, or else its folders of versions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from vaeflow.components.file_kinds import FOLDER, kind_at
from vaeflow.components.serving.names import ROLES
from vaeflow.components.serving.versions import version_folders
from vaeflow.models.errors import InputError

CONFIGS = "*.config"
SAVED_MODEL = "saved_model.pb"
Config: TypeAlias = model_server_config_pb2.ModelConfig


@dataclass(frozen=True)
class ServedModel:
    """A folder of versions, and which of them are to be served."""

    base_path: Path
    config: Config

    def chosen(self) -> dict[int, Path]:
        """The folders of the versions that the policy of the model chooses: by default the newest.

        Raises `InputError` if the base path cannot be read.
        """
        with _reading(self.base_path, "versions"):
            complete = _versions(self.base_path)
        policy = self.config.model_version_policy
        match policy.WhichOneof("policy_choice"):
            case "all":
                return complete
            case "specific":
                return {version: complete[version] for version in policy.specific.versions if version in complete}
            case _:
                newest = sorted(complete)[-max(1, policy.latest.num_versions) :]
                return {version: complete[version] for version in newest}


def served_models(folder: Path) -> dict[str, ServedModel]:
    """The models by their names. Raises `InputError` if the folder or a configuration cannot be read."""
    with _reading(folder, "models"):
        if files := sorted(folder.glob(CONFIGS)):
            configs = (config for file in files for config in _read(file))
            return {config.name: ServedModel(_base_path(folder, config), config) for config in configs}
        if _versions(folder):
            return {folder.resolve().name: ServedModel(folder, Config())}
        subfolders = (path for path in sorted(folder.iterdir()) if kind_at(path) == FOLDER)
        return {path.name: ServedModel(path, Config()) for path in subfolders if _versions(path)}


@contextmanager
def _reading(folder: Path, content: str) -> Iterator[None]:
    """A context in which a folder that cannot be read is an `InputError`."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{error.filename or folder}: expected a folder of {content}: {error.strerror}.") from None


def _read(file: Path) -> Sequence[Config]:
    """The models of a configuration, which has some unless it is being written."""
    try:
        content = text_format.Parse(file.read_text(), model_server_config_pb2.ModelServerConfig())
    except (OSError, UnicodeDecodeError, text_format.ParseError) as error:
        raise InputError(f"{file}: expected a configuration of TensorFlow Serving: {error}.") from None
    if not content.model_config_list.config:
        raise InputError(f"{file}: expected a configuration of TensorFlow Serving, got one without models.")
    return content.model_config_list.config


def _base_path(folder: Path, config: Config) -> Path:
    """The folder of a model, whose base path in the configuration is that in a container.

    An export is mounted there by its roles: its folder `decoder` is that of the model `NAME-decoder`.
    """
    named = folder / PurePosixPath(config.base_path).name
    mounted = (folder / role for role in ROLES if config.name.endswith(f"-{role}"))
    return next((path for path in (named, *mounted) if path.is_dir()), named)


def _versions(folder: Path) -> dict[int, Path]:
    """The folders of the versions that are complete."""
    return {version: path for version, path in version_folders(folder).items() if (path / SAVED_MODEL).is_file()}
