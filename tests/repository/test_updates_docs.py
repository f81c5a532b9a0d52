"""The commands of the documentation, run in their order."""

import re
import tempfile
from pathlib import Path

import pytest

from harness.commands import bash, commands
from harness.living import Template, git
from harness.projects import ROOT, scratch


@pytest.mark.long
@pytest.mark.parametrize(
    "page, seen",
    [
        ("updates", ["git diff HEAD --check"]),
        ("openapi", ["# TRACE /pets/{petId}: no route has this method", "def listPets"]),
        (
            "customize",
            [
                *("authors = [{ name", "Ask #help", "Tell security@", "team Web"),
                *("\nAsk Bob.\n", "?? src/theirs/handlers/healthz.py"),
            ],
        ),
    ],
)
def test_every_command_of_a_page_works(page: str, seen: list[str]) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    Template().path.rename(folder / "bare-wsgi")
    for example in re.findall(r"(?s)```yaml\n(.*?)```", text):
        (folder / "openapi.yaml").write_text(example, "utf-8")
    done = bash(folder, "\n".join(commands(text)), "-ex")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    for words in seen:
        assert words in output


def shown(text: str) -> list[tuple[str, str]]:
    """Return each command of a text with the output below it."""
    return re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ |```).*\n)*)", text)


@pytest.mark.long
def test_the_readme_shows_what_the_commands_of_a_projects_life_print() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## A project grows")[1]
    expected = shown(section.split("\n## ")[0])
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    upstream = Template("")
    # uv must not build the project: that needs a network
    upstream.edit(
        "template/pyproject.toml*", "[tool.flit", "[tool.uv]\npackage = false\n\n[tool.flit"
    )
    upstream.release()
    git(folder, "clone", "-q", str(upstream.path), "bare-wsgi")
    upstream.edit("template/src/*/errors.py", '"""', "# Mended.\n" + '"""')
    upstream.release()
    done = bash(folder, "\nprintf '\\0'\n".join(command for command, _ in expected))
    printed = [text.lstrip("\n") for text in done.stdout.split("\0")]
    assert len(printed) == len(expected), done.stderr
    wrong = [
        f"$ {command}\n{seen}"
        for (command, text), seen in zip(expected, printed, strict=True)
        if without_seconds(seen) != without_seconds(text)
    ]
    assert not wrong, "README.md must show:\n" + "".join(wrong)


def without_seconds(text: str) -> str:
    """Return an output without what differs from run to run."""
    return re.sub(r"( passed in )[\d.]+s", r"\1", text)
