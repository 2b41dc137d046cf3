"""The `vaeflow` command."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line. Exit codes: 0 for success, 1 if the run failed, 2 for invalid input, 130 after Ctrl-C."""
    try:
        from vaeflow.pipeline.app import start  # takes long enough to be interrupted

        start()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
