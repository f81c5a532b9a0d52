"""A project that lives: it grows, its owner edits it, and the template moves on under it."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import copier
import yaml

from harness.projects import ROOT, Project, lines_of, python, run, scratch
from harness.quick_copier import COPIER

OURS, BASE, END = "<<<<<<< before updating", "=======", ">>>>>>> after updating"
# What the project serves, as its examples and `find` say.
SERVED = """
import inspect, json, sys
from urllib.parse import unquote
sys.path.insert(0, "tests")
from examples import EXAMPLES
find = __import__(f"{sys.argv[1]}.routes", fromlist=["find"]).find
served = []
for method, url, _ in EXAMPLES:
    path, rest = "", unquote(url)
    handlers, values = find(rest)
    names = [*inspect.signature(handlers[method]).parameters][1:]
    for name, value in zip(names, values, strict=True):
        before, rest = rest.split(f"/{value}", 1)
        path += before + "/{" + name + "}"
    served.append([method, path + rest, handlers[method].__name__])
print(json.dumps(served))
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "gc.auto=0")
    done = run(folder, "git", *identity, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(folder: Path, message: str = "Go on") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


class Template:
    """A repository of this template, with versions of its own."""

    def __init__(self, tag: str = "v1.0.0") -> None:
        self.path = Path(tempfile.mkdtemp(prefix="template-", dir=scratch()))
        for name in ("macros", "template"):
            shutil.copytree(ROOT / name, self.path / name)
        shutil.copy(ROOT / "copier.yml", self.path)
        git(self.path, "init", "-q")
        self.release(tag)

    def fork(self, tag: str) -> "Template":
        """A company's clone, with a file of the company's and a version of its own."""
        fork = object.__new__(Template)
        fork.path = Path(tempfile.mkdtemp(prefix="fork-", dir=scratch()))
        git(fork.path, "clone", "-q", "-o", "upstream", str(self.path), ".")
        (fork.path / "template/SECURITY.md").write_text("Tell security@acme.example.\n")
        fork.release(tag)
        return fork

    def merge(self, *options: str) -> None:
        """Merge what upstream has now into this fork."""
        git(self.path, "pull", "-q", "--no-rebase", "--no-edit", *options, "upstream", "HEAD")

    def edit(self, name: str, old: str, new: str) -> None:
        [file] = self.path.glob(name)
        text = file.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1), "utf-8")

    def release(self, tag: str = "") -> None:
        commit(self.path, tag or "Untagged")
        if tag:
            git(self.path, "tag", tag)


class Living:
    """A project under git. Each method is something that its owner does."""

    def __init__(
        self,
        template: Path,
        vcs_ref: str | None = None,
        before: dict[str, str] | None = None,
        **answers: Any,
    ) -> None:
        """Copy the template into a folder, which may have some files before, and commit."""
        answers.setdefault("package_name", "sample")
        self.path = Path(tempfile.mkdtemp(prefix="living-", dir=scratch()))
        self.project = Project(self.path, answers["package_name"])
        for name, text in (before or {}).items():
            (self.path / name).write_text(text, "utf-8")
        options: Any = {"defaults": True, "overwrite": True, "quiet": True, "vcs_ref": vcs_ref}
        copier.run_copy(str(template), self.path, data=answers, **options)
        git(self.path, "init", "-q")
        commit(self.path, "Begin")

    @classmethod
    def at(cls, path: Path, package: str = "sample") -> "Living":
        """A project that is there already."""
        project = object.__new__(cls)
        project.path, project.project = path, Project(path, package)
        return project

    def copy(self) -> "Living":
        """The same project in another folder: faster than to generate it again."""
        path = Path(tempfile.mkdtemp(prefix="living-", dir=scratch()))
        shutil.copytree(self.path, path, dirs_exist_ok=True)
        return Living.at(path, self.project.package)

    def update(self, vcs_ref: Any = copier.VcsRef.CURRENT, **data: Any) -> list[str]:
        """Update without questions; the files that have a conflict now."""
        copier.run_update(
            self.path, data=data, defaults=True, overwrite=True, quiet=True, vcs_ref=vcs_ref
        )
        return self.conflicts()

    def refusal(self, **data: Any) -> str:
        """The message with which an update stops; nothing must be written then."""
        before = self.files()
        try:
            self.update(**data)
        except ValueError as error:
            assert self.files() == before
            return str(error).split(": ", 1)[-1]
        raise AssertionError(f"accepted: {data}")

    def conflicts(self) -> list[str]:
        return [name for name, content in self.files().items() if OURS.encode() in content]

    def files(self) -> dict[str, bytes]:
        """The project's files without git's own."""
        found = self.project.files()
        return {name: found[name] for name in found if not name.startswith(".git/")}

    def answers(self) -> dict[str, Any]:
        return yaml.safe_load(self.project.read(".copier-answers.yml"))

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.project.read(name)
        assert old in text, f"{old!r} is not in {name}:\n{text}"
        self.write(name, text.replace(old, new, 1))

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")
        commit(self.path)

    def changed(self) -> dict[str, str]:
        """What git sees that is not committed: the file's name and how it changed."""
        status = git(self.path, "status", "--porcelain", "-uall")
        return {line[3:].strip('"'): line[:2] for line in status.splitlines()}

    def served(self) -> list[list[str]]:
        done = python(self.project, "-c", SERVED, self.project.package)
        assert done.returncode == 0, done.stderr
        return sorted(json.loads(done.stdout))

    def assert_answers_are_true(self, by_hand: Sequence[list[str]] = ()) -> None:
        """What the answers file says, and what was made by hand, is what the project serves."""
        said = [
            [words[0], re.sub(r"\{(\w+):\w+\}", r"{\1}", words[1]), words[-1]]
            for words in lines_of(self.answers()["routes"].replace(";", "\n"))
        ]
        assert sorted([*said, *by_hand]) == self.served()


def ours(text: str) -> str:
    """What the owner wrote in the conflicts of a merged text."""
    return "".join(re.findall(rf"(?ms)^{OURS}\n(.*?)^{BASE}\n", text))


def theirs(text: str) -> str:
    """A merged text with every conflict resolved for the template."""
    return re.sub(rf"(?ms)^{OURS}\n.*?^{BASE}\n(.*?)^{END}\n", r"\1", text)


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line of Copier, as a user runs it."""
    return run(folder, *COPIER, *arguments)
