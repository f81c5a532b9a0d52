"""Do what a Dockerfile says, without Docker: one instruction after the other, in a folder."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from dockerfile_parse import DockerfileParser

from harness.commands import uv_without_a_network
from harness.projects import run, scratch


class Image:
    """What the instructions of a Dockerfile make of a folder with a project.

    The image's root is a folder: `/app` in a command becomes `FOLDER/root/app`. A finished stage
    moves away, as in a container where nothing of it is left at its place. Owners of files and
    mounts of a command are left out.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        self.project, self.folder, self.root = project, folder, folder / "root"
        self.environment: dict[str, str] = {}
        self.stages: dict[str, Path] = {}
        self.workdir = self.stage = self.user = ""
        self.volumes: list[str] = []
        self.command: list[str] = []
        self.health: list[str] = []
        for step in parsed(project / "Dockerfile"):
            do = getattr(self, f"_{step['instruction'].lower()}")
            do(step["value"])

    def inside(self, text: str) -> str:
        """Return a text with the paths of the image as they are here."""
        return re.sub(r"(?<![\w./])(?=/(app|data)\b)", str(self.root), text)

    def variables(self, **more: str) -> dict[str, str]:
        """Return all variables of a process in the image."""
        own = {key: self.inside(value) for key, value in self.environment.items()}
        return {**uv_without_a_network(), "UV_PYTHON": f"{base()}/bin/python", **own, **more}

    def _from(self, value: str) -> None:
        if self.stage:
            self.stages[self.stage] = self.root.rename(self.folder / self.stage)
        self.root.mkdir(parents=True)
        self.stage = value.partition(" AS ")[2]
        self.environment = {"PATH": f"{base()}/bin:/usr/bin:/bin"}

    def _workdir(self, value: str) -> None:
        self.workdir = value
        Path(self.inside(value)).mkdir(parents=True)

    def _copy(self, value: str) -> None:
        *sources, target = shlex.split(re.sub(r"--chown=\S+ ", "", value))
        where = Path(self.inside(str(Path(self.workdir, target))))
        if sources[0].startswith("--from="):
            stage = self.stages[sources.pop(0).removeprefix("--from=")]
            assert not where.exists()
            shutil.copytree(stage / sources[0].lstrip("/"), where, symlinks=True)
            return
        for source in sources:
            if (self.project / source).is_dir():
                shutil.copytree(self.project / source, where)
            else:
                shutil.copy(self.project / source, where)

    def _run(self, value: str) -> None:
        done = self.run(["sh", "-c", self.inside(re.sub(r"^--mount=\S+\s+", "", value))])
        assert done.returncode == 0, f"{value}\n{done.stdout}{done.stderr}"

    def _env(self, value: str) -> None:
        for pair in shlex.split(value):
            name, _, new = pair.partition("=")
            self.environment[name] = new.replace("$PATH", self.environment["PATH"])

    def _arg(self, value: str) -> None:
        self._env(value)

    def _volume(self, value: str) -> None:
        assert Path(self.inside(value)).is_dir()
        self.volumes.append(value)

    def _user(self, value: str) -> None:
        self.user = value

    def _healthcheck(self, value: str) -> None:
        self.health = json.loads(value.partition("CMD ")[2])

    def _cmd(self, value: str) -> None:
        self.command = json.loads(value)

    def _expose(self, value: str) -> None:
        assert value == self.environment["PORT"]

    def _comment(self, value: str) -> None:
        pass

    def run(self, words: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the image until it ends."""
        folder = Path(self.inside(self.workdir))
        return run(folder, *words, **self.variables(**variables))


def parsed(dockerfile: Path) -> list[dict[str, Any]]:
    """Return the instructions of a Dockerfile, with lines joined that belong together."""
    return DockerfileParser(str(dockerfile)).structure


@cache
def base() -> Path:
    """Make what `/usr/local` is in the image of Python: an interpreter, and pip (uv's is faster)."""
    folder, uv = scratch() / "local", Path(sys.executable).with_name("uv")
    done = run(scratch(), str(uv), "venv", "-q", str(folder), **uv_without_a_network())
    assert done.returncode == 0, done.stderr
    pip = folder / "bin/pip"
    pip.write_text(f'#!/bin/sh\nexec {shlex.quote(str(uv))} pip "$@"\n')
    pip.chmod(0o755)
    return folder
