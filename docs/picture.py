"""Write what the README shows of the questions: the table, and the picture of a terminal.

.venv/bin/uv run --no-project --with pexpect,pyte,rich,pyyaml python -m docs.picture
"""

import os
import re
import tempfile
from itertools import groupby
from pathlib import Path
from subprocess import run

import pexpect
import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text

from harness import questions

COLUMNS, ROWS = 88, 60
PROMPT = "$ "
KEYS = {"routes": "\x1b\r"}  # Alt+Enter ends a text of several lines, Enter all others


def record(folder: Path) -> pyte.Screen:
    """Return the screen of a terminal in which somebody makes a project and runs it."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    path = f"{questions.ROOT / '.venv/bin'}:{os.environ['PATH']}"
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "+m"],
        cwd=folder,
        dimensions=(ROWS, COLUMNS),
        timeout=120,
        env={"HOME": str(folder), "PATH": path, "TERM": "xterm-256color", "PS1": PROMPT},
    )

    def see(*texts: str) -> str:
        """Wait for one of the texts, and return it."""
        number = shell.expect_exact([*texts])
        stream.feed(shell.before + shell.after)
        return texts[number]

    def type_in(command: str) -> None:
        shell.send(command)
        see(command)
        shell.send("\r")

    see(PROMPT)
    type_in("copier copy -q bare-wsgi my-app")
    names = {question["help"]: name for name, question in questions.asked().items()}
    while (text := see(*names, PROMPT)) != PROMPT:  # some questions depend on earlier answers
        shell.send(KEYS.get(names.pop(text), "\r"))
    type_in("cd my-app && PYTHONPATH=src python3 -m my_app")
    see("stops)")
    see("\n")
    shell.close(force=True)
    return screen


def style_of(cell: pyte.screens.Char) -> Style:
    """Return the color and the weight of a character."""
    color = {"default": None, "brown": "yellow"}.get(cell.fg, cell.fg)
    is_hexadecimal = re.fullmatch("[0-9a-f]{6}", color or "")
    return Style(color=f"#{color}" if is_hexadecimal else color, bold=cell.bold)


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
    questions.write_table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(["git", "clone", "-q", questions.ROOT, folder / "bare-wsgi"], check=True)
        run(["git", "tag", "v1.0.0"], cwd=folder / "bare-wsgi", check=True)
        screen = record(folder)
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))
    console.print(text_of(screen), "", sep="\n")  # else the last underscores are cut off
    svg = console.export_svg(title="A new project", theme=MONOKAI)
    svg = re.sub(r"(?s)\s*@font-face \{.*?\}|<!--.*?-->", "", svg)  # fonts of another site
    svg = svg.replace("</svg>", f"<!-- questions: {questions.digest()} -->\n</svg>")
    questions.PICTURE.write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
