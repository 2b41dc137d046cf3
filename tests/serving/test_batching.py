"""Requests of several clients that are answered together."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from vaeflow.serving.batching import Batches
from vaeflow.serving.errors import ServingError, invalid


class Model:
    """Doubles numbers, refuses negative ones, and remembers the shapes that it was given."""

    def __init__(self):
        self.shapes = []

    async def __call__(self, arrays):
        self.shapes.append(arrays["x"].shape)
        await asyncio.sleep(0)
        if (arrays["x"] < 0).any():
            raise invalid("negative")
        return {"y": 2 * arrays["x"]}


def rows(*values, columns=1):
    return {"x": np.repeat(np.array(values, np.float32)[:, None], columns, axis=1)}


def in_a_loop(run):
    """What a coroutine function returns, in a thread of its own: the tests of a browser keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()


def answers(model, requests, most_rows=100):
    """The answers to requests that arrive at once; errors as texts."""

    async def run():
        batches = Batches(model, most_rows)
        found = await asyncio.gather(*(batches.run(request) for request in requests), return_exceptions=True)
        return [str(each) if isinstance(each, ServingError) else each["y"].tolist() for each in found]

    return in_a_loop(run)


def test_requests_that_wait_are_joined_and_each_gets_its_rows():
    model = Model()
    assert answers(model, [rows(1), rows(2, 3), rows(4)]) == [[[2]], [[4], [6]], [[8]]]
    assert model.shapes == [(4, 1)]


def test_a_batch_has_no_more_rows_than_a_request_may_have():
    model = Model()
    answers(model, [rows(*range(4)) for _ in range(5)], most_rows=8)
    assert model.shapes == [(8, 1), (8, 1), (4, 1)]


def test_rows_of_other_shapes_are_not_joined():
    model = Model()
    answers(model, [rows(1), rows(2, columns=3), rows(3), rows(4, columns=3)])
    assert model.shapes == [(2, 1), (2, 3)]


def test_only_the_request_that_is_to_blame_is_refused():
    assert answers(Model(), [rows(1), rows(-2), rows(3)]) == [[[2]], "negative", [[6]]]


def test_a_model_that_changes_the_number_of_rows_is_asked_by_each_client_alone():
    async def every_other(arrays):
        return {"y": arrays["x"][::2]}

    assert answers(every_other, [rows(1, 2, 3), rows(4)]) == [[[1], [3]], [[4]]]


def test_a_failure_reaches_every_client():
    async def broken(arrays):
        raise RuntimeError("broken")

    async def run():
        batches = Batches(broken, 10)
        return await asyncio.gather(*(batches.run(rows(1)) for _ in range(3)), return_exceptions=True)

    assert [str(error) for error in in_a_loop(run)] == ["broken"] * 3


def test_a_client_that_has_gone_is_left_out():
    model = Model()

    async def run():
        batches = Batches(model, 10)
        first, second = (asyncio.create_task(batches.run(rows(value))) for value in (1, 2))
        await asyncio.sleep(0)
        first.cancel()
        answer = await second
        with pytest.raises(asyncio.CancelledError):
            await first
        return answer["y"].tolist()

    assert in_a_loop(run) == [[4]]


def test_a_server_joins_the_rows_of_clients(toy):
    """As each of them would be answered alone."""
    with ThreadPoolExecutor(16) as clients:
        found = list(clients.map(lambda x: toy.predict(instances=[x]).json(), map(float, range(64))))
    assert found == [{"predictions": [x / 2 + 3]} for x in range(64)]
