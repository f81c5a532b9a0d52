"""Run the commands of a page as a reader does, who has bash, git, Copier and uv."""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from harness.projects import run, scratch
from harness.quick_copier import COPIER, FOLDER

# What projects install: their tools, their servers, and what builds and ships them.
TOOLS = (
    "flit-core",
    "granian",
    "gunicorn",
    "multipart",
    "mypy",
    "pre-commit",
    "pytest",
    "pytest-cov",
    "pyuwsgi",
    "ruff",
    "uv",
    "waitress",
)
PROGRAMS = ("ruff", "uv")  # not written in Python
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def commands(text: str) -> list[str]:
    """Return what follows each `$` in a text."""
    return re.findall(r"(?m)^\$ (.*)$", text)


def bash(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run commands with the tools of this environment, and with a name for git.

    A project with `package = false` is not built.
    """
    keys = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**uv_without_a_network(), "PYTHONPATH": "src", **dict.fromkeys(keys, "a@b")}
    return run(folder, "bash", *options, "-c", script, PATH=path(), **environment)


@cache
def path() -> str:
    """Return a `PATH` with the tools of this environment, and with a `copier` that compiles once."""
    program = scratch() / "programs/copier"
    program.parent.mkdir()
    words = shlex.join(["env", f"{FOLDER}={os.environ.get(FOLDER, '')}", *COPIER])
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"


def uv_without_a_network() -> dict[str, str]:
    """Let uv lock and install from a folder."""
    return {
        "UV_CACHE_DIR": str(scratch() / "uv"),
        "UV_FIND_LINKS": str(wheels()),
        "UV_OFFLINE": "1",
        "UV_PYTHON": sys.executable,
        "PYTHONDONTWRITEBYTECODE": "1",  # a page edits a file and runs it within a second
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the tools of this environment have many
    }


@cache
def wheels() -> Path:
    """Make a folder of wheels that lead to what this environment has installed."""
    folder = scratch() / "wheels"
    folder.mkdir()
    for name in TOOLS:
        tool, stem = distribution(name), f"{name.replace('-', '_')}-{version(name)}"
        with ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version(name)}\n"
            wheel.writestr(f"{stem}.dist-info/METADATA", metadata)
            wheel.writestr(f"{stem}.dist-info/WHEEL", WHEEL)
            wheel.writestr(f"{stem}.dist-info/RECORD", "")
            wheel.writestr(f"{name}.pth", sysconfig.get_path("purelib"))
            if scripts := tool.read_text("entry_points.txt"):
                wheel.writestr(f"{stem}.dist-info/entry_points.txt", scripts)
            elif name in PROGRAMS:
                program = Path(sysconfig.get_path("scripts")) / name
                start = f'#!/bin/sh\nexec {shlex.quote(str(program))} "$@"\n'
                script = ZipInfo(f"{stem}.data/scripts/{name}")
                script.external_attr = 0o100755 << 16  # a file that can be run
                wheel.writestr(script, start)
    return folder
