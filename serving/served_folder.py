"""The models in a folder: those of the configurations for TensorFlow Serving in it, or else its folders of versions."""

from collections.abc import Iterator
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

        Raises `OSError` if the base path cannot be read.
        """
        folders = version_folders(self.base_path)
        complete = {version: path for version, path in folders.items() if (path / SAVED_MODEL).is_file()}
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
    """The models by their names. Raises `InputError` if a configuration cannot be read."""
    configs = [config for file in sorted(folder.glob(CONFIGS)) for config in _read(file)]
    if configs:
        return {config.name: ServedModel(_base_path(folder, config), config) for config in configs}
    if _has_versions(folder):
        return {folder.resolve().name: ServedModel(folder, Config())}
    subfolders = (path for path in sorted(folder.iterdir()) if kind_at(path) == FOLDER)
    return {path.name: ServedModel(path, Config()) for path in subfolders if _has_versions(path)}


def _read(file: Path) -> Iterator[Config]:
    try:
        content = text_format.Parse(file.read_text(), model_server_config_pb2.ModelServerConfig())
    except (OSError, UnicodeDecodeError, text_format.ParseError) as error:
        raise InputError(f"{file}: expected a configuration of TensorFlow Serving: {error}.") from None
    yield from content.model_config_list.config


def _base_path(folder: Path, config: Config) -> Path:
    """The folder of a model, whose base path in the configuration is that in a container.

    An export is mounted there by its roles: its folder `decoder` is that of the model `NAME-decoder`.
    """
    named = folder / PurePosixPath(config.base_path).name
    mounted = (folder / role for role in ROLES if config.name.endswith(f"-{role}"))
    return next((path for path in (named, *mounted) if path.is_dir()), named)


def _has_versions(folder: Path) -> bool:
    return any((path / SAVED_MODEL).is_file() for path in version_folders(folder).values())
