from hypothesis import given
from hypothesis import strategies as st

from vaeflow.components.images.batching import Limits, batched

SIZES = st.lists(st.integers(0, 30), max_size=40)


@given(SIZES, st.integers(1, 8), st.integers(1, 60))
def test_batches_have_limits_and_contain_everything_in_order(sizes, items, size):
    batches = list(batched(sizes, int, Limits(items, size)))
    assert [one for batch in batches for one in batch] == sizes
    for batch in batches:
        assert 1 <= len(batch) <= items
        assert sum(batch[:-1]) < size


def test_a_batch_is_given_away_before_the_next_item_is_read():
    read = []
    batches = batched((read.append(number) or number for number in range(10)), lambda _: 1, Limits(items=100, size=3))
    assert next(batches) == read == [0, 1, 2]
