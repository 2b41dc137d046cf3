"""What a command imports."""

import subprocess
import sys


def modules_after(folder, *arguments):
    """The modules that a command has imported when it ends."""
    code = (
        "import sys, atexit; from vaeflow.pipeline.cli import main\n"
        "atexit.register(lambda: print(' '.join(sys.modules), file=sys.stderr))\n"
        "sys.argv[0] = 'vaeflow'; main()"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())
