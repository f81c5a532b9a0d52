"""The commands of the documentation, run in their order as they stand."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from living import Template, git
from projects import ROOT, run, scratch

TOOLS = {
    "copier": f'exec {sys.executable} -m copier "$@"',
    # what it would install is here, and not for every project anew
    "uv": f'shift && PYTHONPATH=src exec {sys.executable} -m "$@"',
}


def bash(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess:
    """Run commands as a user does who has Copier, uv, and a name for git."""
    (folder / "bin").mkdir()
    for name, command in TOOLS.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{command}\n")
        (folder / "bin" / name).chmod(0o755)
    keys = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    path = f"{folder}/bin:{os.environ['PATH']}"
    return run(folder, "bash", *options, "-c", script, PATH=path, **dict.fromkeys(keys, "a@b"))


@pytest.mark.parametrize(
    "page, seen",
    [
        ("updates", ["git diff --check"]),
        ("openapi", ["# TRACE /pets/{petId}: no route has this method", "def listPets"]),
        ("customise", ["authors = [{ name", "Tell security@", "is run by Acme", "Ask Alice."]),
    ],
)
def test_every_command_of_a_page_works(page: str, seen: list[str]) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    Template().path.rename(folder / "bare-wsgi")
    for example in re.findall(r"(?s)```yaml\n(.*?)```", text):
        (folder / "openapi.yaml").write_text(example, "utf-8")
    done = bash(folder, "\n".join(re.findall(r"(?m)^\$ (.*)$", text)), "-ex")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    for words in seen:
        assert words in output


def test_the_readme_shows_what_the_commands_of_a_projects_life_print() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## A project grows")[1]
    shown = re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ |```).*\n)*)", section.split("\n## ")[0])
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    upstream = Template("v1.0.0")
    git(folder, "clone", "-q", str(upstream.path), "bare-wsgi")
    upstream.edit("template/src/*/errors.py", '"""', "# Mended.\n" + '"""')
    upstream.release("v1.1.0")
    done = bash(folder, "\nprintf '\\0'\n".join(command for command, _ in shown))
    printed = [re.sub(r"\d+\.\d+s", "0.15s", text).lstrip("\n") for text in done.stdout.split("\0")]
    assert [text for _, text in shown] == printed, done.stderr
