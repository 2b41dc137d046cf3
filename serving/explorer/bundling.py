"""The page as one file: its modules as one script, and a policy that lets nothing else run or load."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "page"
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


def bundled(main: str = "main.js") -> str:
    """The modules of the page as one script in which each is a function that returns what it exports."""
    modules = [f"modules[{json.dumps(name)}] = (() => {{\n{module(name)}\n}})();" for name in order(main, [])]
    return "\n".join(["const modules = {};", *modules])


def order(name: str, before: list[str]) -> list[str]:
    """The module and those that it imports, each after those that it imports itself."""
    for _, imported in IMPORT.findall(source(name)):
        if imported not in before:
            before = order(imported, before)
    return [*before, name]


def source(name: str) -> str:
    """The text of a file of the page."""
    return (PAGE / name).read_text(encoding="utf-8")


def module(name: str) -> str:
    """The body of a function that stands for a module."""
    text = IMPORT.sub(lambda found: f"const {{{found[1]}}} = modules[{json.dumps(found[2])}];\n", source(name))
    exported = ", ".join(name for _, name in EXPORT.findall(text))
    return f"{EXPORT.sub(lambda found: found[1], text)}\nreturn {{ {exported} }};"


def single_page(title: str, data: Any) -> str:
    """The page with `data` inside, where its modules look for it."""
    script, style = bundled(), source("style.css")
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return TEMPLATE.format(
        policy=policy,
        title=html.escape(title),
        style=style,
        data=json.dumps(data).replace("<", "\\u003c"),
        script=script,
    )


def digest(text: str) -> str:
    """The name of an inline script or style in a Content-Security-Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="explorer" aria-busy="true"></main>
<script type="application/json" id="frozen">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""
