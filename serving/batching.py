"""Batches of the requests of several clients."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vaeflow.serving.errors import ServingError
from vaeflow.serving.signature import Arrays

Run = Callable[[Arrays], Awaitable[Arrays]]


@dataclass(frozen=True)
class _Request:
    arrays: Arrays
    rows: int
    shapes: tuple[tuple[int, ...], ...]
    """Of a row of each array: only rows of the same shapes can be joined."""
    answer: asyncio.Future[Arrays]


class Batches:
    """Joins the requests to one signature.

    A request that finds the signature idle runs at once; those that arrive meanwhile form the next batch. No request
    ever waits for others to come.
    """

    def __init__(self, run: Run, most_rows: int) -> None:
        self._run = run
        self._most_rows = most_rows
        self._waiting: list[_Request] = []
        self._worker: asyncio.Task[None] | None = None

    async def run(self, arrays: Arrays) -> Arrays:
        """The outputs for the rows of a request. Raises `ServingError` if the model refuses this request."""
        first = next(iter(arrays.values()))
        shapes = tuple(arrays[name].shape[1:] for name in sorted(arrays))
        request = _Request(arrays, len(first), shapes, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await request.answer

    async def _work(self) -> None:
        while batch := self._next():
            await self._answer(batch)
        self._worker = None

    def _next(self) -> list[_Request]:
        """The requests that are joined next: the oldest, and those with rows of its shapes for which there is room."""
        batch: list[_Request] = []
        left: list[_Request] = []
        rows = 0
        for request in self._waiting:
            if request.answer.done():  # its client has gone
                continue
            fits = not batch or (request.shapes == batch[0].shapes and rows + request.rows <= self._most_rows)
            (batch if fits else left).append(request)
            rows += request.rows if fits else 0
        self._waiting = left
        return batch

    async def _answer(self, batch: Sequence[_Request]) -> None:
        try:
            outputs = await self._run(_joined(batch))
        except Exception as error:
            if len(batch) == 1 or not isinstance(error, ServingError):
                for request in batch:
                    _fail(request, error)
                return
            for request in batch:  # one of them is to blame, and the others must not suffer
                await self._answer([request])
            return
        end = 0
        for request in batch:
            start, end = end, end + request.rows
            if not request.answer.done():
                request.answer.set_result({name: array[start:end] for name, array in outputs.items()})


def _joined(batch: Sequence[_Request]) -> Arrays:
    if len(batch) == 1:
        return batch[0].arrays
    return {name: np.concatenate([request.arrays[name] for request in batch]) for name in batch[0].arrays}


def _fail(request: _Request, error: Exception) -> None:
    if not request.answer.done():
        request.answer.set_exception(error)
