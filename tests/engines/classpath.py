"""The class path of Flink and of Beam's job server, which Maven fetches once into the user's cache."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vaeflow" / "engines"


class UnavailableError(Exception):
    """The engine cannot be had on this machine. The message says what is missing."""


def class_path() -> str:
    """The class path for `java -cp`. Raises `UnavailableError` if Java, Maven or a jar is missing."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed.")
    jars = CACHE / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    if not jars.exists():
        _fetch(jars)
    return f"{jars}/*"


def _fetch(jars: Path) -> None:
    """Fetch into a folder that appears only when it is complete."""
    unfinished = jars.with_name(f"{jars.name}.{os.getpid()}")
    copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={unfinished}"]
    done = subprocess.run(
        ["mvn", "--quiet", "--batch-mode", "-Dstyle.color=never", "--file", POM, *copy], capture_output=True, text=True
    )
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "mvn failed")
        raise UnavailableError(f"Maven cannot fetch the jars of {POM.name}: {reason}")
    unfinished.rename(jars)
