"""Logging: the user sees vaeflow's own messages, the log file has everything."""

import logging
import os
import re
import subprocess
import sys
import warnings

from rich.console import Console

from vaeflow.pipeline.display import logging_to_console, progress_on
from vaeflow.pipeline.logs import logging_to_file


def speak():
    logging.getLogger("vaeflow.somewhere").info("ours [with brackets]")
    logging.getLogger("vaeflow.somewhere").warning("take care")
    logging.getLogger("library").warning("chatter")


def test_the_user_sees_our_messages_and_the_file_has_all(tmp_path, capsys):
    with logging_to_file(tmp_path / "log"), logging_to_console(Console(), verbose=False):
        speak()
    assert capsys.readouterr().out == "ours [with brackets]\nwarning: take care\n"
    assert re.findall(r"(ours|care|chatter)", (tmp_path / "log").read_text()) == ["ours", "care", "chatter"]


def test_verbose_output_includes_libraries(tmp_path, capsys):
    with logging_to_file(tmp_path / "log"), logging_to_console(Console(), verbose=True):
        speak()
    assert "warning: library: chatter" in capsys.readouterr().out


def test_output_of_libraries_on_stderr_goes_to_the_file(tmp_path, capfd):
    with logging_to_file(tmp_path / "log", capture_stderr=True):
        os.write(2, b"from C++\n")
        subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('from a child\\n')"], check=True)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
    assert {"from C++", "from a child"} <= set((tmp_path / "log").read_text().splitlines())


def test_warnings_go_to_the_file(tmp_path):
    with logging_to_file(tmp_path / "log"), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("mind the step", stacklevel=1)
    assert "mind the step" in (tmp_path / "log").read_text()


def test_logging_is_silent_about_a_full_disk(tmp_path, capfd):
    (tmp_path / "log").symlink_to("/dev/full")
    with logging_to_file(tmp_path / "log"):
        speak()
    assert capfd.readouterr().err == ""


def test_a_terminal_shows_bars_of_several_threads_and_clears_them():
    console = Console(force_terminal=True, width=80)
    with console.capture() as shown, progress_on(console) as display:
        with display("Encoding", 4) as first, display("Reading", None) as second:
            first(3)
            second(1)
        console.print("done")
    assert "done" in shown.get()


def test_without_a_terminal_short_work_prints_nothing(capsys):
    with progress_on(Console()) as display, display("Encoding", 4) as advance:
        advance(4)
    assert capsys.readouterr().out == ""
