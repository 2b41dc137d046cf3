"""Who hears what: the user our lines, the log file everything."""

import logging
import os
import re
import subprocess
import sys
import warnings

from rich.console import Console

from vaeflow.pipeline.display import drawn_on, spoken_on
from vaeflow.pipeline.logs import recorded


def speak():
    logging.getLogger("vaeflow.somewhere").info("ours [with brackets]")
    logging.getLogger("vaeflow.somewhere").warning("take care")
    logging.getLogger("library").warning("chatter")


def test_the_user_hears_our_lines_and_the_file_has_all(tmp_path, capsys):
    with recorded(tmp_path / "log"), spoken_on(Console(), verbose=False):
        speak()
    assert capsys.readouterr().out == "ours [with brackets]\nwarning: take care\n"
    assert re.findall(r"(ours|care|chatter)", (tmp_path / "log").read_text()) == ["ours", "care", "chatter"]


def test_a_verbose_user_hears_libraries_too(tmp_path, capsys):
    with recorded(tmp_path / "log"), spoken_on(Console(), verbose=True):
        speak()
    assert "warning: library: chatter" in capsys.readouterr().out


def test_what_libraries_write_to_stderr_goes_to_the_file(tmp_path, capfd):
    with recorded(tmp_path / "log", capture_stderr=True):
        os.write(2, b"from C++\n")
        subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('from a child\\n')"], check=True)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
    assert {"from C++", "from a child"} <= set((tmp_path / "log").read_text().splitlines())


def test_warnings_go_to_the_file(tmp_path):
    with recorded(tmp_path / "log"), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("mind the step", stacklevel=1)
    assert "mind the step" in (tmp_path / "log").read_text()


def test_a_full_disk_does_not_make_logging_talk(tmp_path, capfd):
    (tmp_path / "log").symlink_to("/dev/full")
    with recorded(tmp_path / "log"):
        speak()
    assert capfd.readouterr().err == ""


def test_a_terminal_shows_bars_of_several_threads_and_clears_them():
    console = Console(force_terminal=True, width=80)
    with console.capture() as shown, drawn_on(console) as display:
        with display("Encoding", 4) as first, display("Reading", None) as second:
            first(3)
            second(1)
        console.print("done")
    assert "done" in shown.get()


def test_without_a_terminal_a_short_piece_of_work_draws_nothing(capsys):
    with drawn_on(Console()) as display, display("Encoding", 4) as advance:
        advance(4)
    assert capsys.readouterr().out == ""
