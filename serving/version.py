"""One version of a model, from its loading to its end."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from vaeflow.serving.batching import Batches
from vaeflow.serving.errors import Code
from vaeflow.serving.limits import Limits
from vaeflow.serving.saved_model import SavedModel
from vaeflow.serving.signature import Arrays, Signature
from vaeflow.serving.warming import warm_up


class State(Enum):
    """The states of a version, as `ModelVersionStatus` numbers them."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


class Version:
    """A version of a model. Its methods belong to one event loop; the model runs in `threads`."""

    def __init__(self, number: int, folder: Path, limits: Limits, threads: Executor) -> None:
        self.number = number
        self.folder = folder
        self.state = State.START
        self.code, self.error = Code.OK, ""
        self._limits = limits
        self._threads = threads
        self._model: SavedModel | None = None
        self._batches: dict[str, Batches] = {}
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()

    @property
    def model(self) -> SavedModel:
        """The loaded model, only while it is in use."""
        assert self._model is not None  # noqa: S101
        return self._model

    async def load(self) -> None:
        """Load the model and warm it up. Raises what `SavedModel` and `warm_up` raise."""
        self.state = State.LOADING
        try:
            self._model = await asyncio.get_running_loop().run_in_executor(None, self._loaded)
        except BaseException as error:
            self.state, self.code, self.error = State.END, Code.UNKNOWN, str(error)
            raise
        self.state = State.AVAILABLE

    def _loaded(self) -> SavedModel:
        model = SavedModel(self.folder)
        try:
            warm_up(model, self.folder, self._limits)
        except BaseException:
            model.close()
            raise
        return model

    @contextmanager
    def in_use(self) -> Iterator["Version"]:
        """A context in which the model is not closed."""
        self._users += 1
        self._unused.clear()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def run(self, signature: Signature, arrays: Arrays) -> Arrays:
        """The outputs for checked inputs. Raises `ServingError` if the model refuses them."""
        if not signature.joins_requests:
            return await self._run(signature, arrays)
        if signature.name not in self._batches:
            self._batches[signature.name] = Batches(lambda joined: self._run(signature, joined), self._limits.images)
        return await self._batches[signature.name].run(arrays)

    async def _run(self, signature: Signature, arrays: Arrays) -> Arrays:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.model.run, signature, arrays, self._limits.seconds)

    async def unload(self) -> None:
        """Wait for the requests that use the model, and close it."""
        self.state = State.UNLOADING
        await self._unused.wait()
        model, self._model, self._batches = self.model, None, {}
        await asyncio.get_running_loop().run_in_executor(None, model.close)
        self.state = State.END
