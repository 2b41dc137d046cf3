"""The reason of a failed job, found in the text that a job server returns."""

import re

_FAILED = re.compile(r"Pipeline \S+ failed in state \w+: (.*)", re.DOTALL)
_PYTHON_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt)): (?P<message>.*)$", re.MULTILINE)
_JAVA_CLASSES = re.compile(r"(?:[a-z]\w*\.)+\w+(?:Exception|Error): ")
_PLACE = re.compile(r"\s*\[while running '.*")
_OURS = "vaeflow."


def reason(message: str) -> str | None:
    """Why a job failed, in one line: the last error of a Python worker, or that of the engine.

    None if the message is not that of a failed job.
    """
    failed = _FAILED.match(message)
    if failed is None:
        return None
    raised = [error for error in _PYTHON_ERROR.finditer(failed[1]) if "Traceback" in failed[1][: error.start()]]
    if not raised:
        first, *_ = _JAVA_CLASSES.sub("", failed[1]).strip().splitlines() or ["no reason was given"]
        return first
    kind, text = raised[-1]["kind"], _PLACE.sub("", raised[-1]["message"])
    return text if kind.startswith(_OURS) else f"{kind}: {text}"
