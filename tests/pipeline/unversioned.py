"""A root with a finished run, from before the store counted its migrations."""

from pathlib import Path

UNVERSIONED = Path(__file__).parent / "data" / "unversioned_root"
