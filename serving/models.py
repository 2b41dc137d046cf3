"""The models of a server, and the choice of a version for a request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from vaeflow.serving.errors import Code, ServingError, invalid
from vaeflow.serving.version import State, Version


class Model:
    """The versions of a model by their numbers, and the labels of versions."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: dict[int, Version] = {}
        self.labels: Mapping[str, int] = {}

    @property
    def available(self) -> dict[int, Version]:
        """The versions that answer requests."""
        return {number: version for number, version in self.versions.items() if version.state is State.AVAILABLE}


class Models:
    """The models of a server by their names."""

    def __init__(self) -> None:
        self.by_name: dict[str, Model] = {}

    @property
    def ready(self) -> bool:
        """Whether there are models, and each has a version that answers requests."""
        return bool(self.by_name) and all(model.available for model in self.by_name.values())

    @contextmanager
    def using(self, name: str, number: int | None = None, label: str | None = None) -> Iterator[Version]:
        """The version for a request, by default the newest, which stays loaded in this context.

        Raises `ServingError` if there is no such version.
        """
        if not name:
            raise invalid("ModelSpec has no name specified.")
        if label is not None:
            number = self.labelled(name, label)
        available = self.by_name[name].available if name in self.by_name else {}
        chosen = available.get(max(available, default=0) if number is None else number)
        if chosen is None:
            wanted = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            raise ServingError(Code.NOT_FOUND, f"Servable not found for request: {wanted}")
        with chosen.in_use():
            yield chosen

    def labelled(self, name: str, label: str) -> int:
        """The number of the version with a label. Raises `ServingError` if there is none."""
        try:
            return self.by_name[name].labels[label]
        except KeyError:
            raise invalid(f"Unrecognized servable version label: {label}") from None

    def known(self, name: str, number: int | None = None) -> list[Version]:
        """All versions that are known of a model, the newest first, or one of them.

        Raises `ServingError` if there is none.
        """
        versions = self.by_name[name].versions if name in self.by_name else {}
        if number is None and not versions:
            raise ServingError(Code.NOT_FOUND, f"Could not find any versions of model {name}")
        if number is not None and number not in versions:
            raise ServingError(Code.NOT_FOUND, f"Could not find version {number} of model {name}")
        return [versions[each] for each in sorted(versions, reverse=True) if number in (None, each)]
