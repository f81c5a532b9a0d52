"""Run the commands of a page as a reader does, who has bash, git, Copier and uv."""

import os
import re
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

from projects import run, scratch

WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def commands(text: str) -> list[str]:
    """Return what follows each `$` in a text."""
    return re.findall(r"(?m)^\$ (.*)$", text)


def bash(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess:
    """Run commands with the tools of this environment, and with a name for git."""
    keys = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**_uv_without_a_network(), **dict.fromkeys(keys, "a@b")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return run(folder, "bash", *options, "-c", script, PATH=path, **environment)


def _uv_without_a_network() -> dict[str, str]:
    """Let uv lock and install from a folder. A project with `package = false` is not built."""
    return {
        "UV_CACHE_DIR": str(scratch() / "uv"),
        "UV_FIND_LINKS": str(_wheels()),
        "UV_OFFLINE": "1",
        "UV_PYTHON": sys.executable,
        "PYTHONPATH": "src",  # instead of an installed package
        "PYTHONDONTWRITEBYTECODE": "1",  # a page edits a file and runs it within a second
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the tools of this environment have many
    }


@cache
def _wheels() -> Path:
    """Make wheels of the tools that lead to the tools of this environment."""
    folder = scratch() / "wheels"
    folder.mkdir()
    for name in ("mypy", "pytest", "pytest-cov", "ruff"):
        stem = f"{name.replace('-', '_')}-{version(name)}"
        with ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version(name)}\n"
            wheel.writestr(f"{stem}.dist-info/METADATA", metadata)
            wheel.writestr(f"{stem}.dist-info/WHEEL", WHEEL)
            wheel.writestr(f"{stem}.dist-info/RECORD", "")
            if name == "pytest":
                script = "[console_scripts]\npytest = pytest:main\n"
                wheel.writestr(f"{stem}.dist-info/entry_points.txt", script)
                wheel.writestr("tools.pth", sysconfig.get_path("purelib"))
    return folder
