"""What copier.yml asks, for the README's table and the picture of a terminal."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "picture.svg"
TABLE = re.compile(r"\| Question \|.*?(?=\n\n)", re.S)


def asked() -> dict[str, dict[str, Any]]:
    """Return the questions of a first copy, in their order: the others say that something is wrong."""
    content = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    return {
        name: question
        for name, question in content.items()
        if not name.startswith("_")
        and "help" in question
        and not question.get("secret")
        and name not in ("untouched", "unknown")
    }


def choices_of(question: dict[str, Any]) -> str:
    """Return a question's choices in Markdown, or '' if the answer is a text."""
    choices = [*question.get("choices", [])]  # of a mapping, what is shown
    if not choices:
        return ""
    start = "any of " if question.get("multiselect") else ""
    return start + ", ".join(f"`{choice}`" for choice in choices)


def table() -> str:
    """Return the README's table: each question, its help text and its choices."""
    rows = ["| Question | What it asks for | Choices |", "|---|---|---|"]
    for name, question in asked().items():
        rows.append(f"| `{name}` | {question['help']} | {choices_of(question)} |")
    return "\n".join(rows)


def digest() -> str:
    """Return a hash of what a terminal shows of the questions; the picture keeps it."""
    shown = [[name, one["help"], choices_of(one)] for name, one in asked().items()]
    return sha256(json.dumps(shown).encode()).hexdigest()


def write_table() -> None:
    """Put the table into the README."""
    README.write_text(TABLE.sub(lambda _: table(), README.read_text("utf-8")), "utf-8")
