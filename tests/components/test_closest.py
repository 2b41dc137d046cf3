import pytest

from vaeflow.components.closest import closest, did_you_mean

KNOWN = ["epochs", "batch_size", "FlinkRunner", "--direct_num_workers", "small-1"]


@pytest.mark.parametrize(
    ("unknown", "known"),
    [
        ("epoch", "epochs"),
        ("EPOCHS", "epochs"),
        ("Batch-Size", "batch_size"),
        ("flinkrunner", "FlinkRunner"),
        ("--direct-num-workers", "--direct_num_workers"),
        ("SMALL_2", "small-1"),
        ("zzz", None),
        ("", None),
        ("epochs" * 100_000, None),
    ],
)
def test_a_name_is_found_whatever_its_case_and_its_dashes(unknown: str, known: str | None):
    assert closest(unknown, KNOWN) == known
    assert did_you_mean(unknown, KNOWN) == (f" Did you mean '{known}'?" if known else "")
