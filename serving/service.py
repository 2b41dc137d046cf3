"""What the server does with a request, whether it comes by REST or gRPC."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Literal, TypeVar

from vaeflow.serving.errors import Code, ServingError, unexpected
from vaeflow.serving.image_files import FILES, check_pixels
from vaeflow.serving.limits import Limits
from vaeflow.serving.metrics import Metrics
from vaeflow.serving.models import Models
from vaeflow.serving.signature import Arrays, Signature
from vaeflow.serving.version import Version

T = TypeVar("T")
Entrypoint = Literal["REST", "GRPC"]
SHORT = 16 * 1024
"""Bytes that are parsed or written in about a millisecond."""


class Service:
    """The models, and the rules that hold for all requests to them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.models = Models()
        self.metrics = Metrics()
        self.threads = ThreadPoolExecutor(os.cpu_count(), "vaeflow-serving")
        self._requests = 0

    @asynccontextmanager
    async def request(
        self, model: str, api: str, entrypoint: Entrypoint, seconds: float | None = None
    ) -> AsyncIterator[None]:
        """The context of a request: its place among all, its time, and its record in the metrics.

        `seconds` is what the client is willing to wait. Raises `ServingError` for whatever happens in it.
        """
        started, code = time.perf_counter(), Code.OK
        limit = min(self.limits.seconds, self.limits.seconds if seconds is None else seconds)
        try:
            with self._place():
                async with asyncio.timeout(limit):
                    yield
        except TimeoutError:
            code = Code.DEADLINE_EXCEEDED
            raise ServingError(code, f"the request took longer than {limit:g} s") from None
        except ServingError as error:
            code = error.code
            raise
        except asyncio.CancelledError:
            code = Code.CANCELLED
            raise
        except Exception as error:
            code = Code.INTERNAL
            raise unexpected(error) from error
        finally:
            known = model if model in self.models.by_name else ""
            self.metrics.count(known, api, entrypoint, code, time.perf_counter() - started)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._requests >= self.limits.requests:
            raise ServingError(
                Code.RESOURCE_EXHAUSTED, f"{self.limits.requests} requests are being answered; try again later"
            )
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    async def predict(self, version: Version, signature: Signature, arrays: Arrays) -> Arrays:
        """The outputs of a signature. Raises `ServingError` if the inputs do not fit or the model refuses them."""
        signature.check(arrays, self.limits.images)
        if FILES in signature.inputs:
            await self.in_thread(check_pixels, arrays, self.limits.pixels)
        return await version.run(signature, arrays)

    async def in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        """The result of a function that may take too long in the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    async def translated(self, size: int, function: Callable[..., T], *arguments: object) -> T:
        """The result of a function that reads or writes `size` bytes of a message: in a thread only if they are many.

        The event loop waits longer for a thread to hand the interpreter's lock back than a short message takes.
        """
        return function(*arguments) if size <= SHORT else await self.in_thread(function, *arguments)
