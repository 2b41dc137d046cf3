import apache_beam as beam
import pytest

from vaeflow.components.engine import beam_pipeline
from vaeflow.components.images.json_lines import read_lines, write_lines


@pytest.mark.parametrize("items", [[], [{"id": "b", "reason": "ü"}, {"id": "a", "reason": "x"}]])
def test_lines_are_written_sorted_and_even_if_there_are_none(tmp_path, items):
    with beam_pipeline() as pipeline:
        write_lines(pipeline | beam.Create(items), "things", tmp_path / "things.jsonl")
    assert read_lines(tmp_path / "things.jsonl") == sorted(items, key=lambda item: item["id"])
