"""Find the files of vaeflow that a function's code uses, by parsing import statements instead of executing them."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from vaeflow.pipeline.known_code import read_code

PACKAGE = "vaeflow"


def code_files(function: Callable[..., object], chosen: Mapping[str, str | None] = {}) -> dict[str, Path]:
    """The function's module and all that it imports from vaeflow, directly or not, with their packages' data files.

    `chosen` replaces imported modules: the module or package that it names, if any, is followed instead, and the
    original is not part of the code. Imports inside functions count; those under `TYPE_CHECKING` do not.
    """
    modules = {function.__module__: Path(inspect.getfile(function))}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        for imported in _imports(module, modules[module]):
            for name, path in _followed(imported, chosen):
                if name not in modules:
                    modules[name] = path
                    waiting.append(name)
    return modules | _data_files(modules)


def _followed(module: str, chosen: Mapping[str, str | None]) -> Iterator[tuple[str, Path]]:
    if module not in chosen:
        yield from _module(module)
    elif (instead := chosen[module]) is not None:
        yield from _members(instead)


@cache
def _imports(module: str, path: Path) -> frozenset[str]:
    """The modules of vaeflow that a module imports, with their packages."""
    package = _package(module, path)
    found: set[str] = set()
    for level, imported, name in read_code(path).imports:
        base = resolve_name("." * level + imported, package)
        # A module, or a name in a module, for which only its parents are found.
        parts = ".".join(filter(None, (base, name))).split(".")
        if parts[0] == PACKAGE:
            # The root package is no part of a step: it holds the version, and what users call in Python.
            found.update(".".join(parts[:end]) for end in range(2, len(parts) + 1))
    return frozenset(found)


def _module(name: str) -> Iterator[tuple[str, Path]]:
    path = _locate(name)
    if path is not None:  # otherwise a name in a module
        yield name, path


def _members(name: str) -> Iterator[tuple[str, Path]]:
    """A module, or a package with all its modules."""
    for member, path in _module(name):
        yield member, path
        if path.name == "__init__.py":
            for inside in sorted(path.parent.iterdir()):
                if inside.stem != "__init__":
                    yield from _members(f"{name}.{inside.stem}")


@cache
def _locate(module: str) -> Path | None:
    """The file of a module. Only `vaeflow` itself is imported; deeper packages are looked up as files."""
    root, *below = module.split(".")[1:]
    spec = find_spec(f"{PACKAGE}.{root}")
    if spec is None or spec.origin is None:
        return None
    if not below:
        return Path(spec.origin)
    base = Path(spec.origin).parent.joinpath(*below)
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _data_files(modules: Mapping[str, Path]) -> dict[str, Path]:
    """The files that code reads at run time, such as templates: all data files in the folders of the modules."""
    packages = {path.parent: _package(name, path) for name, path in modules.items()}
    return {
        f"{package}/{path.name}": path
        for folder, package in packages.items()
        for path in folder.iterdir()
        if path.is_file() and path.suffix not in (".py", ".pyc", ".typed") and not path.name.startswith(".")
    }


def _package(module: str, path: Path) -> str:
    return module if path.name == "__init__.py" else module.rpartition(".")[0]
