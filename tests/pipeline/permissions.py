"""Paths without permission, for every user who runs the tests."""

import os
from contextlib import ExitStack, contextmanager

NOBODY = 65534


@contextmanager
def without_permission(*paths, folders=0o555, files=0o444):
    """Change the permissions of the paths, and give up the privileges of the superuser, while the block runs."""
    with ExitStack() as undo:
        for path in paths:
            undo.callback(path.chmod, path.stat().st_mode)
            path.chmod(folders if path.is_dir() else files)
        if os.geteuid() == 0:
            undo.callback(os.seteuid, 0)
            os.seteuid(NOBODY)
        yield


def read_only(root):
    return without_permission(root, *root.rglob("*"))


@contextmanager
def anyone_may_write(root):
    """Let every user write below the root while the block runs."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    yield
