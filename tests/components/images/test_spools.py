from vaeflow.components.images.spools import Spools


def test_examples_are_read_from_more_files_than_are_kept_open(tmp_path):
    names = [f"spool-{number}" for number in range(150)]
    for name in names:
        (tmp_path / name).write_bytes(f"<{name}>".encode())
    with Spools(tmp_path) as spools:
        for name in (*names, *reversed(names), names[0]):
            assert spools.read(name, 1, len(name)) == name.encode()
