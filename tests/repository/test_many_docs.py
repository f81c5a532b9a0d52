"""docs/many.md: its scripts create and update projects, with nobody there to answer."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.commands import commands, path, uv_without_a_network
from harness.living import Template, commit, git
from harness.projects import ROOT, scratch

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs/many.md").read_text("utf-8")
NAMES = ["mail", "orders", "stock"]
BRANCH = "template-update"


class Team:
    """A folder with the files of the page, a template, and a host with empty repositories."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.host, self.template = folder, folder / "host", Template()
        for name in NAMES:
            git(folder, "init", "-q", "--bare", "-b", "main", f"host/{name}.git")
        blocks = re.findall(r"(?sm)^`([\w.]+)`.*?^```\w*\n(.*?)^```", PAGE)
        for name, text in blocks:
            (folder / name).write_text(text, "utf-8")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the page without a terminal, a home or an identity."""
        for address, place in {
            "git+https://git.example.com/platform/bare-wsgi.git": f"git+file://{self.template.path}",
            "https://git.example.com/services": f"file://{self.host}",
        }.items():
            command = command.replace(address, place)
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={
                **uv_without_a_network(),
                "PATH": path(),
                "HOME": str(self.folder / "nobody"),
                "GIT_CONFIG_NOSYSTEM": "1",
                "TMPDIR": tempfile.gettempdir(),
            },
        )

    def edit(self, name: str, file: str, old: str, new: str) -> None:
        """Change a project as its owner does."""
        clone = self.folder / "owner"
        git(self.folder, "clone", "-q", str(self.host / f"{name}.git"), str(clone))
        text = (clone / file).read_text("utf-8")
        assert old in text
        (clone / file).write_text(text.replace(old, new), "utf-8")
        commit(clone)
        git(clone, "push", "-q")
        shutil.rmtree(clone)

    def pushed(self, name: str) -> str:
        """Return what the branch of a project changes, or "" if there is none."""
        folder = self.host / f"{name}.git"
        if not git(folder, "branch", "--list", BRANCH):
            return ""
        return git(folder, "show", "--format=%B", "--stat", BRANCH)


COPY, ANSWERS, CREATE, UPDATE = commands(PAGE)


@pytest.fixture(scope="module")
def created() -> Iterator[Team]:
    """The projects as `create.sh` makes them."""
    team = Team(Path(tempfile.mkdtemp(dir=scratch())))
    done = team.run(f"{ANSWERS} && {CREATE}")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"```text\n{done.stdout}```" in PAGE
    yield team


def test_a_copy_from_an_address_needs_no_clone(created: Team) -> None:
    done = created.run(COPY)
    assert done.returncode == 0, done.stderr
    answers = (created.folder / "try/.copier-answers.yml").read_text("utf-8")
    assert f"_src_path: git+file://{created.template.path}" in answers


@pytest.mark.parametrize("name", NAMES)
def test_each_project_is_pushed_with_its_lock(created: Team, name: str) -> None:
    listed = git(created.host / f"{name}.git", "ls-tree", "-r", "--name-only", "main")
    assert {"uv.lock", "AGENTS.md", "Dockerfile", "src/" + name + "/bare.py"} <= set(
        listed.splitlines()
    )
    answers = git(created.host / f"{name}.git", "show", "main:.copier-answers.yml")
    assert f"server: {'granian' if name == 'stock' else 'gunicorn'}\n" in answers


def test_a_wrong_answer_is_reported_without_a_traceback_and_stops_no_other(created: Team) -> None:
    answers = created.folder / "answers/bad.json"
    answers.write_text('{"routes": "GET / htlm home; GET x", "package_name": "bad"}')
    done = created.run(CREATE)
    answers.unlink()
    assert done.returncode == 1
    assert (
        "bad: FAILED\nValueError: Validation error for question 'routes': line 1: did you mean html?"
        in (done.stdout)
    )
    assert "line 2: start the path with /, not x" in done.stdout
    assert len(done.stdout) < 600
    assert done.stdout.count(": there already\n") == len(NAMES)


def test_an_update_of_all_pushes_what_is_new_and_calls_a_conflict_a_failure(created: Team) -> None:
    done = created.run(UPDATE)
    assert done.stdout == "".join(f"{name}: nothing new\n" for name in NAMES), done.stderr
    assert [created.pushed(name) for name in NAMES] == ["", "", ""]
    first = '"""Build complete responses'
    created.edit("orders", "src/orders/response.py", first, '"""Ours: build complete responses')
    created.edit("mail", "README.md", "# mail", "# Our mail")
    created.template.edit("template/src/*/response.py", first, '"""News: build complete responses')
    (created.template.path / "template/NEW.md").write_text("New.\n")
    created.template.release("v1.1.0")
    done = created.run(f"{UPDATE} -d 'middleware=[]'")
    assert done.returncode == 1
    said = dict(re.findall(r"(?m)^(\w+): (.*)$", done.stdout))
    assert said == {
        "mail": f"pushed {BRANCH}",
        "orders": "FAILED, see clones/orders",
        "stock": f"pushed {BRANCH}",
    }
    assert "src/orders/response.py:1: leftover conflict marker\n" in done.stdout
    assert created.pushed("orders") == ""
    for name in ("mail", "stock"):
        pushed = created.pushed(name)
        assert pushed.startswith("Update from the template\n\n")
        assert "See what changed with `git status`" in pushed  # what Copier says
        assert " NEW.md " in pushed and f" src/{name}/response.py " in pushed
        assert " README.md " not in pushed
