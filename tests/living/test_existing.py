"""A copy into a repository that has files already, and what later updates do with them."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.living import Living, Template, cli, commit, git
from harness.projects import Project, run_tests, scratch

MINE = {
    ".gitignore": "*.secret\n",
    "LICENSE": "All rights reserved.\n",
    "README.md": "# My own project\n",
    "pyproject.toml": '[project]\nname = "mine"\nversion = "7"\n',
    "notes.txt": "Mine, too.\n",
}


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


@pytest.fixture
def repository() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="existing-", dir=scratch()))
    for name, text in MINE.items():
        (folder / name).write_text(text, "utf-8")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def copy(template: Template, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Copy into the folder by the command line, with nobody there to answer."""
    return cli(folder, "copy", "-d", "package_name=sample", *options, str(template.path), ".")


def existing(folder: Path) -> Living:
    """The copied project as one that lives on."""
    commit(folder)
    return Living.at(folder)


def assert_mine(folder: Path) -> None:
    assert {name: (folder / name).read_text("utf-8") for name in MINE} == MINE


@pytest.mark.parametrize("options", [["--defaults"], ["--defaults", "--overwrite"]])
def test_a_copy_leaves_the_files_that_are_there(
    template: Template, repository: Path, options: list[str]
) -> None:
    done = copy(template, repository, "-d", "license=MIT", *options)
    assert done.returncode == 0, done.stderr
    assert_mine(repository)
    assert (repository / "src/sample/bare.py").exists()


def test_the_message_names_the_files_that_it_left(template: Template, repository: Path) -> None:
    done = copy(template, repository, "--defaults")
    assert "stay as they are: .gitignore, README.md, pyproject.toml, LICENSE\n" in done.stderr
    assert "In pyproject.toml, [project] and the settings" in done.stderr


def test_a_package_that_is_there_keeps_its_init(template: Template, repository: Path) -> None:
    init = repository / "src/sample/__init__.py"
    init.parent.mkdir(parents=True)
    init.write_text('"""Mine."""\n')
    done = copy(template, repository, "--defaults")
    assert "In src/sample/__init__.py, `from .bare import" in done.stderr
    assert init.read_text() == '"""Mine."""\n'
    init.write_text("from .bare import application as application\n")
    tests = run_tests(Project(repository, "sample"))
    assert tests.returncode == 0, tests.stdout[-3000:]


def test_a_copy_that_would_stop_half_way_writes_nothing(
    template: Template, repository: Path
) -> None:
    before = Living.at(repository).files()
    client = repository / "tests/client.py"
    client.parent.mkdir()
    client.write_text("# Mine\n")
    done = copy(template, repository, "--defaults")
    assert done.returncode == 1
    assert "move tests/client.py, or add --overwrite" in done.stderr
    assert set(Living.at(repository).files()) == {*before, "tests/client.py"}
    done = copy(template, repository, "--defaults", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert "# Mine" not in client.read_text()
    assert_mine(repository)


@pytest.mark.parametrize("name", ["tests/test_notes.py", "src/sample/gzip.py", "AGENTS.md"])
def test_a_file_of_an_answer_does_not_stop_a_copy_half_way(
    template: Template, repository: Path, name: str
) -> None:
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# Mine\n")
    before = Living.at(repository).files()
    done = copy(template, repository, "--defaults", "-d", "features=[cookies]")
    if done.returncode:
        assert f"move {name}, or add --overwrite" in done.stderr
        assert Living.at(repository).files() == before
    assert file.read_text() == "# Mine\n"


def test_a_copy_over_a_project_points_to_the_update(template: Template) -> None:
    project = Living(template.path)
    project.edit("src/sample/handlers/notes.py", '"handler": "list_notes"', '"mine": 1')
    before = project.files()
    done = copy(template, project.path, "--defaults")
    assert "run copier update in ., or commit there and add --overwrite" in done.stderr
    assert project.files() == before


def test_a_new_copy_repairs_one_that_stopped_half_way(template: Template) -> None:
    project = Living(template.path)
    whole = project.files()
    for name in ("README.md", ".gitignore", "src/sample/__init__.py", "tests/test_notes.py"):
        (project.path / name).unlink()
    done = copy(template, project.path, "--defaults", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert project.files() == whole


def test_a_folder_of_a_larger_repository_is_told_what_to_move(
    template: Template, repository: Path
) -> None:
    folder = repository / "services" / "notes"
    folder.mkdir(parents=True)
    done = copy(template, folder, "--defaults", "-d", "extras=[github-actions]")
    assert "git init" not in done.stderr
    assert '  git add -A && git commit -m "Begin"\n' in done.stderr
    assert f"at the top of a repository only: move it to {repository}.\n" in done.stderr
    project = existing(folder)
    assert project.update(add="GET /hello text hello") == []
    commit(folder)
    done = copy(template, repository, "--defaults", "-d", "extras=[github-actions]")
    assert "git init" not in done.stderr and "at the top of a repository" not in done.stderr


def test_an_update_leaves_files_that_were_there_before(
    template: Template, repository: Path
) -> None:
    copy(template, repository, "--defaults", "-d", "license=MIT")
    project = existing(repository)
    assert project.update(add="POST /scan multipart>json scan", server="gunicorn") == []
    assert_mine(repository)
    commit(repository)
    assert project.update(license="none") == []
    assert_mine(repository)
    project.assert_answers_are_true()


def test_an_update_keeps_edits_of_files_that_were_there_before(
    template: Template, repository: Path
) -> None:
    copy(template, repository, "--defaults", "-d", "license=MIT")
    project = existing(repository)
    for name in MINE:
        (repository / name).write_text("edited\n")
    commit(repository)
    assert project.update(add="GET /hello text hello", license="Apache-2.0") == []
    assert {(repository / name).read_text() for name in MINE} == {"edited\n"}


def test_a_file_that_its_owner_deletes_stays_deleted(template: Template, repository: Path) -> None:
    copy(template, repository, "--defaults", "-d", "license=MIT")
    project = existing(repository)
    (repository / "LICENSE").unlink()
    commit(repository)
    project.update(add="GET /hello text hello")
    assert not (repository / "LICENSE").exists()


def test_a_pyproject_of_the_templates_is_still_merged(template: Template) -> None:
    project = Living(template.path, license="MIT")
    project.edit("pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    assert project.update(license="Apache-2.0", server="gunicorn") == []
    text = project.project.read("pyproject.toml")
    assert 'version = "0.2.0"' in text
    assert "gunicorn>=23" in text
    assert 'license = "Apache-2.0"' in text
    assert "Apache License" in project.project.read("LICENSE")


def test_a_new_version_leaves_files_that_were_there_before(repository: Path) -> None:
    template = Template()
    copy(template, repository, "--defaults", "-d", "license=MIT")
    project = existing(repository)
    for name in ("README.md.jinja", "pyproject.toml.jinja", ".gitignore"):
        with (template.path / "template" / name).open("a") as stream:
            stream.write("# News\n")
    template.release("v1.1.0")
    assert project.update(vcs_ref=None) == []
    assert_mine(repository)
