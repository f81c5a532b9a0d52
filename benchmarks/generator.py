"""What generating costs: whole commands, in turn."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from .work import text_of

EMPTY = '_min_copier_version: "9.15.0"\n_subdirectory: template\n'


def answers(folder: Path, table: str) -> Path:
    """Write a table as a file of answers."""
    path = folder / f"{table}.yml"
    lines = "".join(f"  {line}\n" for line in text_of(table).splitlines())
    path.write_text(f"routes: |\n{lines}")
    return path


def copy(template: Path, target: Path, *options: str) -> None:
    """Generate a project as a user would."""
    command = [
        tool("copier"),
        "copy",
        "--defaults",
        "--quiet",
        *options,
        str(template),
        str(target),
    ]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def with_answers(template: Path, file: Path, target: Path) -> None:
    """Generate a project with a file of answers."""
    copy(template, target, "--data-file", str(file))


def tool(name: str) -> str:
    """Return the path of a command of this environment."""
    return str(Path(sys.executable).with_name(name))


def times(template: Path, folder: Path, rounds: int = 5) -> dict[str, float]:
    """Return the seconds of each command, the median of interleaved rounds."""
    empty = folder / "empty"
    (empty / "template").mkdir(parents=True)
    (empty / "copier.yml").write_text(EMPTY)
    (empty / "template" / "a.txt").write_text("a\n")
    cutter = _cookiecutter(folder, template)
    files = {n: answers(folder, n) for n in ("5", "100", "1000")}
    still = _still(template, folder / "still")
    still_1000 = _still(template, folder / "still-1000", "--data-file", str(files["1000"]))
    commands: dict[str, Callable[[Path], object]] = {
        "copier: an empty template": lambda to: copy(empty, to),
        "copier: the defaults' files, as they are": lambda to: copy(still, to),
        "copier: the defaults": lambda to: copy(template, to),
        **{
            f"copier: {n} routes": partial(with_answers, template, file)
            for n, file in files.items()
        },
        "copier: 1000 routes' files, as they are": lambda to: copy(still_1000, to),
        "cookiecutter: as many files": lambda to: _run(
            "cookiecutter", "--no-input", "-o", to, cutter
        ),
        "django-admin startproject": lambda to: _run("django-admin", "startproject", "sample", to),
    }
    grown = _repository(template, folder / "repository")
    openapi = ("-d", "features=[openapi]")
    copy(grown, folder / "hundred", "--data-file", str(files["100"]), *openapi)
    _repository(folder / "hundred", folder / "grows")
    commands["copier: 100 routes, from git"] = lambda to: copy(
        grown, to, "--data-file", str(files["100"])
    )
    commands["copier: update, one route more"] = _update
    if shutil.which("java"):
        document = folder / "hundred" / "src" / "hundred" / "openapi.json"
        commands["openapi-generator: 100 routes"] = lambda to: _run(
            "openapi-generator-cli", "generate", "-g", "python-flask", "-i", document, "-o", to
        )
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds):
        for number, (name, command) in enumerate(commands.items()):
            target = folder / f"{turn}-{number}"
            if command is _update:
                shutil.copytree(folder / "grows", target)
            else:
                target.mkdir()
            start = time.perf_counter()
            command(target)
            found[name].append(time.perf_counter() - start)
    return {name: round(median(seconds), 3) for name, seconds in found.items()}


def _still(template: Path, folder: Path, *options: str) -> Path:
    """Make a template that asks nothing and renders nothing: what Copier costs for these files."""
    copy(template, folder / "template", "-d", "package_name=sample", *options)
    (folder / "copier.yml").write_text(EMPTY)
    return folder


def _update(project: Path) -> None:
    command = [tool("copier"), "update", "--defaults", "--quiet", "-d", "add=GET /more json more"]
    subprocess.run(command, cwd=project, check=True, stderr=subprocess.DEVNULL)


def _repository(source: Path, target: Path) -> Path:
    """Return a copy that is a repository with one commit, as an update needs it."""
    shutil.copytree(source, target)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *words], cwd=target, check=True)
    return target


def _run(name: str, *arguments: object) -> None:
    command = [tool(name), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _cookiecutter(folder: Path, template: Path) -> Path:
    """Make a Cookiecutter template of what ours generates."""
    copy(template, folder / "cutter" / "{{cookiecutter.name}}", "-d", "package_name=sample")
    (folder / "cutter" / "cookiecutter.json").write_text(
        '{"name": "sample", "_copy_without_render": ["*"]}'
    )
    return folder / "cutter"
