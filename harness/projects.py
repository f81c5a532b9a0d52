"""Generate projects from this template, and run what they contain."""

import ast
import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import copier

from harness import forked, quick_copier

ROOT = Path(__file__).parent.parent
INSIDE = ROOT / "tests" / "inside"  # files that run in a generated project
COVERED = ("--cov-branch", "--cov-fail-under=100", "--cov-report=term-missing:skip-covered")
# Nothing is compiled: a file that is edited twice in a second would look the same to Python.
IN_A_PROJECT = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"}

quick_copier.install()


class Project(NamedTuple):
    """A generated project: its folder and its package."""

    path: Path
    package: str

    @property
    def source(self) -> Path:
        return self.path / "src" / self.package

    def read(self, name: str) -> str:
        return (self.path / name).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        return {
            str(file.relative_to(self.path)): file.read_bytes()
            for file in sorted(self.path.rglob("*"))
            if file.is_file()
            and not re.search("cache|[.]coverage", str(file.relative_to(self.path)))
        }


@cache
def scratch() -> Path:
    """A folder of this process, deleted when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="bare-wsgi-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def template() -> Path:
    """The template as a plain folder: Copier would clone a repository for each project."""
    folder = scratch() / "template"
    for name in ("macros", "template"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "copier.yml", folder)
    return folder


def generate(folder: Path | None = None, **answers: Any) -> Project:
    """Copy the template with the defaults for every question without an answer."""
    answers.setdefault("package_name", "sample")
    path = folder or Path(tempfile.mkdtemp(dir=scratch()))
    same = repr(sorted(answers.items()))
    if folder:  # which may have files of its own
        _copy(folder, answers)
    elif same in _first:
        shutil.copytree(_first[same], path, dirs_exist_ok=True)
    else:
        _copy(path, answers)
        _first[same] = Path(shutil.copytree(path, Path(tempfile.mkdtemp(dir=scratch())) / "app"))
    return Project(path, answers["package_name"])


def _copy(folder: Path, answers: dict[str, Any]) -> None:
    copier.run_copy(str(template()), folder, data=answers, defaults=True, quiet=True)


_first: dict[str, Path] = {}  # by the answers: copies that nobody changes


def shared(make: Callable[..., Project]) -> Callable[..., Project]:
    """Cache a function that makes projects. Nobody changes them: `changed_projects` would tell."""

    def made_once(*arguments: Any, **options: Any) -> Project:
        project = make(*arguments, **options)
        _shared.append((project, project.files()))
        return project

    return cache(made_once)


# Each with the files that it had when it was made.
_shared: list[tuple[Project, dict[str, bytes]]] = []


def changed_projects() -> list[str]:
    """Return the files of shared projects that were changed or deleted since, and new code.

    Other new files are what a server leaves, such as its log.
    """
    found = []
    for project, before in _shared:
        after = project.files()
        code = {name for name in after if name.startswith(("src/", "tests/"))}
        changed = [name for name in before.keys() | code if before.get(name) != after.get(name)]
        found += [f"{project.path}/{name}" for name in changed]
    return sorted(found)


def refusal(**answers: Any) -> str:
    """The message with which the answers are refused; nothing must be written then."""
    folder = scratch() / "refused"
    try:
        generate(folder, **answers)
    except ValueError as error:
        assert not folder.exists()
        return str(error).split(": ", 1)[1]
    raise AssertionError(f"accepted: {answers}")


def python(
    project: Project, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in a project that nobody has installed."""
    return run(project.path, sys.executable, *arguments, **{**IN_A_PROJECT, **environment})


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=400,
        env={**_environment(), **environment},
    )


def _environment() -> dict[str, str]:
    """Ours, without what this run's own pytest and coverage leave in it."""
    ours = ("PYTEST", "COV", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)}


def run_tests(
    project: Project, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the project's own tests without the plugins of this environment: they start slowly."""
    environment = {
        **_environment(),
        **IN_A_PROJECT,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **environment,
    }
    arguments = ("-q", "-p", "no:cacheprovider", *options)
    return forked.pytest(project.path, *arguments, environment=environment, timeout=400)


def deep_tests(project: Project) -> list[str]:
    """Return the names of the files in `tests/inside` that fit a project: one for each module."""
    folders = (project.source, project.source / "middleware")
    modules = {file.stem for folder in folders for file in folder.glob("*.py")}
    names = (file.stem.removeprefix("deep_") for file in sorted(INSIDE.glob("deep_*.py")))
    return [name for name in names if name in modules or name == "http"]


def add_deep_tests(project: Project, *names: str) -> list[str]:
    """Copy `tests/inside/deep_<name>.py` to `tests/test_deep_<name>.py` in a project, and return these."""
    files = [f"tests/test_deep_{name}.py" for name in names]
    for name, file in zip(names, files, strict=True):
        shutil.copy(INSIDE / f"deep_{name}.py", project.path / file)
    return files


def run_inside(project: Project, *names: str, options: Sequence[str] = ()) -> str:
    """Run `tests/inside/deep_<name>.py` in a project, for each name, and return what pytest prints.

    The files stay in the project. Raise AssertionError if a test fails.
    """
    done = run_tests(project, *add_deep_tests(project, *names), *options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def broken_source(project: Project, file: str, *changes: str) -> str:
    """Return a file with changes: texts, each followed by its replacement. All must be there."""
    source = (project.source / file).read_text("utf-8")
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in source, f"the template has changed: break {file} at the new place of {old}"
        source = source.replace(old, new, 1)
    ast.parse(source, file)
    return source


def broken(project: Project, folder: Path, file: str, *changes: str) -> Project:
    """Return a copy of a project with one file as `broken_source` changes it."""
    source = broken_source(project, file, *changes)
    copy = Project(folder / "app", project.package)
    shutil.copytree(project.path, copy.path)
    (copy.source / file).write_text(source, "utf-8")
    return copy


def compile_files(project: Project) -> Project:
    """Compile a project's files by running its tests, so that its copies start faster.

    They get an old date first: Python would take an edit of the same length in the same second for
    the file that it has compiled.
    """
    for file in project.path.rglob("*.py"):
        os.utime(file, (1, 1))
    run_tests(project, PYTHONDONTWRITEBYTECODE="")
    return project


def assert_tests_pass(project: Project, *options: str) -> str:
    """Run the project's own tests, and return what pytest prints; a warning is an error in them."""
    done = run_tests(project, *options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "warning" not in done.stdout.splitlines()[-1], done.stdout[-3000:]
    return done.stdout


def assert_covered(project: Project) -> None:
    """Run the project's own tests and the deep ones in a copy: together they cover every branch."""
    copy = Project(Path(tempfile.mkdtemp(dir=scratch())) / "app", project.package)
    shutil.copytree(project.path, copy.path)
    add_deep_tests(copy, *deep_tests(copy))
    done = run_tests(copy, "-p", "pytest_cov", f"--cov={copy.package}", *COVERED)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Required test coverage of 100% reached" in done.stdout


def assert_tidy(*projects: Project) -> None:
    """One call for all: a project's own settings hold for its files."""
    folders = [str(project.path) for project in projects]
    for command in (["check"], ["format", "--check", "--diff"]):
        done = run(scratch(), sys.executable, "-m", "ruff", *command, "--no-cache", *folders)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def assert_typed(project: Project, *options: str) -> None:
    """Check as the project is set up to; the types of the libraries are read once."""
    cache = ("--cache-dir", str(scratch() / "mypy"))
    done = python(project, "-m", "mypy", *cache, *options, MYPYPATH="src:tests")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def lines_of(routes: str) -> list[list[str]]:
    """The words of each route, read without the template's own reader."""
    return [words for line in routes.splitlines() if (words := line.split("#")[0].split())]
