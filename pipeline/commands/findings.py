"""Print the findings of the doctor."""

import shlex
import textwrap
from collections.abc import Mapping, Sequence

import typer

INDENT = "    "
WIDTH = 100


def print_findings(findings: Sequence[Mapping[str, str]]) -> None:
    """Print each finding with its evidence, its meaning and the setting to try."""
    for finding in findings:
        typer.secho(f"  {finding['title']}", fg="yellow")
        for sentence in (finding["evidence"], finding["meaning"]):
            typer.echo(textwrap.fill(sentence, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT))
        if finding["change"]:
            typer.echo(f"{INDENT}worth trying: --set {shlex.quote(finding['change'])}")
