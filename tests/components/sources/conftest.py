"""Reading a whole source."""

import pickle
from collections.abc import Callable

import pytest

from vaeflow.components.sources.source import Record, Source


@pytest.fixture(scope="session")
def records_of() -> Callable[[Source], dict[str, Record]]:
    """`records_of(source)` → every record by its id, read as a worker would: what travels to one is pickled."""

    def read_all(source: Source) -> dict[str, Record]:
        read = pickle.loads(pickle.dumps(source.read))
        records = [record for shard in pickle.loads(pickle.dumps(list(source.shards))) for record in read(shard)]
        by_id = {record.id: record for record in records}
        assert len(by_id) == len(records) == source.num_images
        return by_id

    return read_all
