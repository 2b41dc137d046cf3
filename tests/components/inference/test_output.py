"""The output of new images: its parts, which an interruption keeps, its list of unreadable images, and its lock."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.components.inference.conftest import IMAGES, Exported, applied
from tests.components.ingested import damage
from vaeflow.components.inference.output import Output
from vaeflow.models.errors import RunError

PART = 4096
"""Number of images in a part of an archive that is not compressed."""


def unfinished(folder: Path) -> dict[str, int]:
    """The parts of an interrupted call, with the numbers of their files."""
    return {path.name: path.stat().st_ino for path in folder.glob(".codes.npz.unfinished/parts/*")}


@pytest.fixture
def interrupted(exported, tmp_path) -> Exported:
    """A call that made its parts, but not its output."""
    model, encoder = exported()
    images = IMAGES.astype(np.float32)
    images[:50] = np.nan
    np.savez_compressed(tmp_path / "new.npz", images=images)
    with pytest.raises(RunError, match="50 of 2300 images cannot be read"):
        applied("encode", encoder, f"npz:{tmp_path / 'new.npz'}", tmp_path / "codes.npz", white=255)
    return model, encoder


def test_an_interrupted_call_goes_on_with_the_parts_that_it_has_made(interrupted, tmp_path, caplog):
    _, encoder = interrupted
    before = unfinished(tmp_path)
    assert len(before) == 3
    lost, *kept = before
    (tmp_path / ".codes.npz.unfinished" / "parts" / lost).unlink()
    source, output = f"npz:{tmp_path / 'new.npz'}", tmp_path / "codes.npz"
    with pytest.raises(RunError, match="50 of 2300 images cannot be read"):
        applied("encode", encoder, source, output, white=255)
    after = unfinished(tmp_path)
    assert after.keys() == before.keys()
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert applied("encode", encoder, source, output, white=255, max_quarantined=1) == (2250, 50, None)
    assert not unfinished(tmp_path)
    assert len(np.load(output)["id"]) == 2250


@pytest.mark.full
def test_the_parts_of_another_model_are_not_used(interrupted, exported, tmp_path):
    _, other = exported("m2")
    before = unfinished(tmp_path)
    with pytest.raises(RunError):
        applied("encode", other, f"npz:{tmp_path / 'new.npz'}", tmp_path / "codes.npz", white=255)
    assert not set(unfinished(tmp_path).values()) & set(before.values())


def test_each_output_has_a_list_of_its_own(exported, image_folder, tmp_path):
    _, encoder = exported()
    damage(image_folder)
    applied("encode", encoder, f"folder:{image_folder}", tmp_path / "codes.parquet", max_quarantined=0.1)
    np.savez(tmp_path / "new.npz", images=IMAGES[:2])
    applied("encode", encoder, f"npz:{tmp_path / 'new.npz'}", tmp_path / "codes.csv")
    assert len((tmp_path / "codes.parquet.quarantine.jsonl").read_text().splitlines()) == 3


def test_an_output_that_another_process_is_writing_is_refused(exported, archive, tmp_path):
    _, encoder = exported()
    with Output(tmp_path / "codes.npz").reserved():
        code = f"""
from pathlib import Path
from vaeflow.components.inference.output import Output
with Output(Path({str(tmp_path / "codes.npz")!r})).reserved():
    pass
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "codes.npz: another command is writing it; wait for its end" in done.stderr
    applied("encode", encoder, archive, tmp_path / "codes.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["codes.npz"]


@pytest.mark.full
@pytest.mark.parametrize("suffix", ["parquet", "npz", "csv"])
def test_memory_does_not_grow_with_the_number_of_images(exported, tmp_path, suffix):
    """Arrow counts the bytes of its tables: the ids alone of all rows would take more than the limit."""
    _, encoder = exported()

    def peak(count: int) -> int:
        source, output = tmp_path / "images.npz", tmp_path / f"codes.{suffix}"
        np.savez(source, images=np.resize(IMAGES, (count, 6, 6)))
        output.unlink(missing_ok=True)
        before = pa.default_memory_pool()
        pool = pa.proxy_memory_pool(before)
        pa.set_memory_pool(pool)
        try:
            applied("encode", encoder, f"npz:{source}", output)
        finally:
            pa.set_memory_pool(before)
        return pool.max_memory()

    assert peak(9 * PART) < peak(PART) + 8 * PART * len("images/000000")
