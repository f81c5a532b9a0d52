"""Draw docs/picture.svg: the questionnaire in a terminal, and what comes out of it.

.venv/bin/uv run --with pexpect --with pyte --with rich python docs/picture.py
"""

import os
import re
import tempfile
from itertools import groupby
from pathlib import Path
from subprocess import run

import pexpect
import pyte
import yaml
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parent.parent
COLUMNS, ROWS = 88, 60
KEYS = {"routes": "\x1b\r"}  # Alt+Enter ends a text of several lines, Enter all others


def questions() -> dict[str, str]:
    """Return the name and the text of each question that is asked, in their order."""
    content = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    return {
        name: question["help"]
        for name, question in content.items()
        if not name.startswith("_") and "help" in question and not question.get("secret")
    }


def record(folder: Path) -> pyte.Screen:
    """Return the screen of a terminal in which somebody makes a project and runs it."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    path = f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "+m"],
        cwd=folder,
        dimensions=(ROWS, COLUMNS),
        env={"HOME": str(folder), "PATH": path, "TERM": "xterm-256color", "PS1": "$ "},
    )

    def see(text: str) -> None:
        shell.expect_exact(text)
        stream.feed(shell.before + shell.after)

    def type_in(command: str) -> None:
        see("$ ")
        shell.send(command)
        see(command)
        shell.send("\r")

    type_in("copier copy -q bare-wsgi my-app")
    for name, text in questions().items():
        see(text)
        shell.send(KEYS.get(name, "\r"))
    type_in("cd my-app && PYTHONPATH=src python3 -m my_app")
    see("stops)")
    see("\n")
    shell.close(force=True)
    return screen


def style_of(cell: pyte.screens.Char) -> Style:
    """Return the colour and the weight of a character."""
    colour = {"default": None, "brown": "yellow"}.get(cell.fg, cell.fg)
    is_hexadecimal = re.fullmatch("[0-9a-f]{6}", colour or "")
    return Style(color=f"#{colour}" if is_hexadecimal else colour, bold=cell.bold)


def text_of(screen: pyte.Screen) -> Text:
    """Return what is on a screen, down to the last line."""
    text = Text()
    for number in range(screen.cursor.y):
        line = screen.buffer[number]
        for style, cells in groupby((line[column] for column in range(COLUMNS)), style_of):
            text.append("".join(cell.data for cell in cells), style)
        text.rstrip()
        text.append("\n")
    text.rstrip()
    return text


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(["git", "clone", "-q", ROOT, folder / "bare-wsgi"], check=True)
        run(["git", "tag", "v1.0.0"], cwd=folder / "bare-wsgi", check=True)
        screen = record(folder)
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))
    console.print(text_of(screen), "", sep="\n")  # else the last underscores are cut off
    svg = console.export_svg(title="A new project", theme=MONOKAI)
    svg = re.sub(r"(?s)\s*@font-face \{.*?\}|<!--.*?-->", "", svg)  # fonts of another site
    (ROOT / "docs/picture.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
