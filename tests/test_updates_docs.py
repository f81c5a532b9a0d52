"""The commands of the documentation, run in their order as they stand."""

import os
import re
import sys
import tempfile
from pathlib import Path

import pytest
from living import Template
from projects import ROOT, run, scratch


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
    tool = folder / "bin/copier"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m copier "$@"\n')
    tool.chmod(0o755)
    script = "\n".join(re.findall(r"(?m)^\$ (.*)$", text))
    done = run(
        folder,
        *("bash", "-exc", script),
        PATH=f"{tool.parent}:{os.environ['PATH']}",
        **{
            f"GIT_{who}_{what}": "test@localhost"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    for words in seen:
        assert words in output
