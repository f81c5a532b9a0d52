"""`copier copy` as a user types it: what it writes, what it shows, and when it refuses."""

import re
import shlex
import shutil
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from harness.living import cli, commit, git
from harness.projects import Project, generate, run, template
from harness.shapes import SHAPES

MATRIX = pytest.mark.matrix
ROUTES = "GET / html home; POST /notes json>json create_note  # the rest"


def copy(folder: Path, *arguments: str) -> CompletedProcess[str]:
    """Run Copier's command on the template in a folder of its own."""
    return cli(folder, "copy", *arguments)


def test_answers_on_the_command_line_are_taken(tmp_path: Path) -> None:
    data = ("-d", f"routes={ROUTES}", "-d", "content_types=[text, json]", "-d", "server=uwsgi")
    done = copy(tmp_path, "--defaults", *data, str(template()), "my-app")
    assert done.returncode == 0, done.stderr
    project = Project(tmp_path / "my-app", "my_app")
    assert "def create_note(" in project.read("src/my_app/handlers/notes.py")
    assert (project.path / "uwsgi.ini").exists()


def test_the_message_afterwards_names_commands_that_work(tmp_path: Path) -> None:
    done = copy(tmp_path, "--defaults", str(template()), "my-app")
    shown = done.stderr + done.stdout
    assert "cd my-app\n" in shown.replace(f"{tmp_path}/", "")
    assert "uv run my-app\n" in shown and "uv run pytest\n" in shown
    assert ".venv/bin/pip install -e . pytest\n" in shown and ".venv/bin/my-app\n" in shown
    again = re.findall(r"copier copy -l --data-file .+", shown)[0].strip()
    done = run(tmp_path, sys.executable, "-m", *shlex.split(again))
    assert done.returncode == 0, done.stderr
    first, second = Project(tmp_path / "my-app", ""), Project(tmp_path / "my-app-2", "")
    assert first.files() == second.files()


@pytest.mark.parametrize(
    "answer, message",
    [
        ("routes=GET /; FETCH /; GET /:id", "line 3: write {id}, not :id"),
        ("package_name=json", "write json_app: json is a module of Python"),
        ("project_name=\x1b[31m", r"leave out the control character '\x1b'"),
        ("license=GPL", "Invalid choice"),
        ("midleware=[gzip]", "write middleware, not midleware"),
        ("nothing=1", "add drop sync, not nothing"),
    ],
)
def test_a_wrong_answer_ends_with_1_and_no_file(tmp_path: Path, answer: str, message: str) -> None:
    done = copy(tmp_path, "--defaults", "-d", answer, str(template()), "my-app")
    assert done.returncode == 1
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_clone_of_the_template_needs_no_trust(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(template(), clone)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "Template"]):
        assert run(clone, "git", *command).returncode == 0
    done = copy(tmp_path, "--defaults", "clone", "my-app")
    assert done.returncode == 0, done.stderr
    answers = (tmp_path / "my-app/.copier-answers.yml").read_text("utf-8")
    assert f"_src_path: {clone}\n" in answers and "_commit:" in answers


each_shape = pytest.mark.parametrize(
    "shape",
    ["everything", *(pytest.param(name, marks=MATRIX) for name in SHAPES if name != "everything")],
)


@each_shape
def test_the_same_answers_give_the_same_bytes(shape: str, tmp_path: Path) -> None:
    first, second = (generate(tmp_path / name / "app", **SHAPES[shape]).files() for name in "ab")
    assert first == second


@each_shape
def test_the_answers_file_repeats_the_copy(shape: str, tmp_path: Path) -> None:
    first = generate(tmp_path / "a" / "app", **SHAPES[shape])
    answers = str(first.path / ".copier-answers.yml")
    done = copy(tmp_path, "--defaults", "--data-file", answers, str(template()), "b/app")
    assert done.returncode == 0, done.stderr
    assert Project(tmp_path / "b/app", "sample").files() == first.files()


def test_a_destination_that_cannot_be_read_is_named_by_its_path(tmp_path: Path) -> None:
    """Copier would advise to trust the template."""
    project = generate(tmp_path / "app").path
    (tmp_path / "link").symlink_to(project)
    (tmp_path / "file").touch()
    (tmp_path / "below").mkdir()
    for folder, to in (("below", "../app"), (".", "link")):
        done = copy(tmp_path / folder, "-lq", str(template()), to)
        assert done.returncode == 1
        assert done.stderr.endswith(f"write {project}\n")
    assert copy(tmp_path / "below", "-lq", str(template()), "../new").returncode == 0
    done = copy(tmp_path, "-lq", str(template()), "file")
    assert done.stderr.endswith("write the name of a folder: file is a file\n")


def test_the_commands_for_a_folder_that_looks_like_an_option_work(tmp_path: Path) -> None:
    done = copy(tmp_path, "-l", str(template()), "./-app")
    assert "  cd ./-app\n" in done.stderr
    assert "/.copier-answers.yml" in done.stderr and " -app" not in done.stderr


def test_a_terminal_without_utf_8_is_named(tmp_path: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = ("copy", "-lq", "-d", "project_name=Größe", str(template()), "app")
    done = run(tmp_path, sys.executable, "-m", "copier", *words, **ascii_only)
    assert "set LC_ALL=C.UTF-8: " in done.stderr


@pytest.mark.parametrize(
    "package", ["bin", *(pytest.param(name, marks=MATRIX) for name in ("env", "lib", "out", "tmp"))]
)
def test_git_ignores_no_file_of_a_project(package: str, tmp_path: Path) -> None:
    """Such names are in many a .gitignore, and what git ignores loses its edits in an update."""
    project = generate(tmp_path / "app", **{**SHAPES["everything"], "package_name": package})
    assert run(project.path, "git", "init", "-q").returncode == 0
    ignored = run(project.path, "git", "status", "--porcelain", "--ignored", "-uall").stdout
    assert [line for line in ignored.splitlines() if not line.startswith("??")] == []


@pytest.mark.long
def test_tools_leave_nothing_that_git_would_add(tmp_path: Path) -> None:
    project = generate(tmp_path / "app")
    git(project.path, "init", "-q")
    commit(project.path)
    for tool in ("mypy", "pytest", "ruff check"):
        done = run(project.path, sys.executable, "-m", *tool.split(), PYTHONPATH="src")
        assert done.returncode == 0, done.stdout
    assert run(project.path, "git", "status", "--porcelain").stdout == ""


@pytest.mark.long
def test_default_names_follow_the_folder(tmp_path: Path) -> None:
    for folder, package in (("My Notes!", "my_notes"), ("json", "json_app"), ("2do", "app_2do")):
        done = copy(tmp_path, "--defaults", "--quiet", str(template()), folder)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / folder / "src" / package / "bare.py").exists()
