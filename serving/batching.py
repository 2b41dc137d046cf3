"""Batches of the requests of several clients."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vaeflow.serving.errors import Code, ServingError
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
            outputs = _divided(await self._run(_joined(batch)), batch)
        except ServingError as error:
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for request in batch:  # one of them is to blame, and the others must not suffer
                    await self._answer([request])
        except Exception as error:
            _fail(batch, error)
        else:
            for request, output in zip(batch, outputs, strict=True):
                if not request.answer.done():
                    request.answer.set_result(output)


def _joined(batch: Sequence[_Request]) -> Arrays:
    if len(batch) == 1:
        return batch[0].arrays
    return {name: np.concatenate([request.arrays[name] for request in batch]) for name in batch[0].arrays}


def _divided(outputs: Arrays, batch: Sequence[_Request]) -> list[Arrays]:
    """The outputs of each request. Raises `ServingError` if they have not the rows of the requests."""
    if len(batch) == 1:
        return [outputs]
    ends = np.cumsum([request.rows for request in batch])
    if any(len(array) != ends[-1] for array in outputs.values()):
        raise ServingError(Code.INTERNAL, "the outputs have not as many rows as the inputs")
    parts = {name: np.split(array, ends[:-1]) for name, array in outputs.items()}
    return [{name: arrays[place] for name, arrays in parts.items()} for place in range(len(batch))]


def _fail(batch: Sequence[_Request], error: Exception) -> None:
    for request in batch:
        if not request.answer.done():
            request.answer.set_exception(error)
