import pytest

from vaeflow.components.artifacts import ServingModel


@pytest.fixture
def exporting(tmp_path):
    """Export models named `name` whose program is `program`."""

    def export(program, name="a"):
        folder = tmp_path / f"export-{program}-{name}"
        for role in ("decoder", "encoder"):
            (folder / role / "1" / "variables").mkdir(parents=True)
            (folder / role / "1" / "saved_model.pb").write_text(f"{role} {program}")
        return ServingModel(folder, {"name": name})

    return export
