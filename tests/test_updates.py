"""The template moves on, and so does its user: what an update keeps, and where it stops."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import copier
import pytest
from copier.errors import UserMessageError
from living import Living, Template, cli, commit, git
from projects import assert_tests_pass, scratch

NOTES = "src/sample/handlers/notes.py"
EDITS = {
    NOTES: (
        '    return response.json({"handler": "list_notes"})',
        '    notes = ["mine"]\n    return response.json(notes)',
    ),
    "tests/test_notes.py": (
        '    assert answer.json() == {"handler": "list_notes"}',
        '    assert answer.json() == ["mine"]',
    ),
    "README.md": ("## Run it", "Mine: ask Alice.\n\n## Run it"),
    "pyproject.toml": ("dependencies = []", 'dependencies = ["tomli-w"]'),
}


def edit_all(project: Living) -> None:
    for name, (old, new) in EDITS.items():
        project.edit(name, old, new)


def fresh(template: Template, **answers: object) -> dict[str, bytes]:
    """The files of a copy that is made now, with the user's edits."""
    project = Living(template.path, **answers)
    edit_all(project)
    return project.project.files()


def without_git(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: octets for name, octets in files.items() if not name.startswith(".git/")}


@pytest.fixture(scope="module")
def versions() -> Template:
    """Three versions, each of which changes every kind of file."""
    template = Template()
    handlers = "template/src/*/handlers/*yield*"
    for n, tag in enumerate(("v1.1.0", "v2.0.0"), 1):
        for name, old in (
            ("template/src/*/app.py", '"""The WSGI callable'),
            (handlers, '"""Handlers of'),
            ("template/README.md.jinja", "## Put it on a server"),
            ("template/pyproject.toml.jinja", "[tool.mypy]"),
            ("template/tests/test_contract.py.jinja", '"""What WSGI'),
        ):
            line = f"## News {n}\n\n" if name.endswith("md.jinja") else f"# News {n}\n"
            template.edit(name, old, line + old)
        template.release(tag)
    return template


@pytest.mark.parametrize("start", ["v1.0.0", "v1.1.0"])
def test_an_update_is_a_fresh_copy_with_the_edits(versions: Template, start: str) -> None:
    answers = {"project_name": "Same"}
    project = Living(versions.path, vcs_ref=start, **answers)
    edit_all(project)
    assert project.update(vcs_ref=None) == []
    assert without_git(project.project.files()) == without_git(fresh(versions, **answers))
    assert_tests_pass(project.project)
    assert project.answers()["_commit"] == "v2.0.0"


def test_an_update_with_nothing_new_changes_nothing(versions: Template) -> None:
    project = Living(versions.path)
    edit_all(project)
    for vcs_ref in (None, copier.VcsRef.CURRENT):
        assert project.update(vcs_ref=vcs_ref) == []
        assert not project.changed()


def test_a_saved_answer_that_is_refused_now_stops_the_update() -> None:
    template = Template()
    project = Living(template.path, routes="GET / text home\nGET /old text old\n", license="MIT")
    template.edit("copier.yml", "choices: [MIT, ", "choices: [")
    template.edit("copier.yml", "control_problem(routes) or", "'no /old' if '/old' in routes else")
    template.release("v2.0.0")
    # the second is all that Copier 9.15 says
    said = ("'MIT' is not in ['Apache-2.0', 'BSD-3-Clause', 'none']", "Invalid choice")
    assert project.refusal(vcs_ref=None) in said
    assert project.refusal(vcs_ref=None, license="none") == "no /old"
    assert not project.changed()
    project.update(vcs_ref=None, license="none", routes="GET / text home")
    project.assert_answers_are_true()


def test_a_recopy_discards_the_edits_and_keeps_the_answers(versions: Template) -> None:
    project = Living(versions.path, routes="GET /only text only")
    before = project.project.read("src/sample/handlers/only.py")
    project.edit("src/sample/handlers/only.py", '"""Only."""', '"""Mine."""')
    copier.run_recopy(project.path, defaults=True, overwrite=True, quiet=True)
    assert project.project.read("src/sample/handlers/only.py") == before
    assert project.answers()["routes"] == "GET /only text only"


def test_a_relative_path_to_the_template_is_saved_in_full(versions: Template) -> None:
    place = Path(tempfile.mkdtemp(dir=scratch()))
    (place / "clone").symlink_to(versions.path)
    done = cli(place, "copy", "-lq", "clone", "work/app")
    assert done.returncode == 0, done.stderr
    project = place / "work/app"
    git(project, "init", "-q")
    commit(project)
    done = cli(project, "update", "-l", "-r", ":current:", "-d", "add=GET /hello text say_hello")
    assert done.returncode == 0, done.stderr
    assert (project / "src/app/handlers/hello.py").exists()


def test_a_template_that_moved_is_found_again() -> None:
    template = Template()
    project = Living(template.path)
    moved = template.path.with_name(template.path.name + "-moved")
    shutil.move(template.path, moved)
    done = cli(project.path, "update", "-l")
    assert done.returncode != 0 and "Local template must be a directory" in done.stderr
    assert not project.changed()
    # what docs/updates.md says
    subprocess.run(
        ["sed", "-i", f"s|^_src_path: .*|_src_path: {moved}|", ".copier-answers.yml"],
        cwd=project.path,
        check=True,
    )
    commit(project.path)
    assert project.update(add="GET /hello text say_hello") == []
    project.assert_answers_are_true()


def test_a_template_without_tags_is_followed_by_its_last_commit() -> None:
    template = Template(tag="")
    project = Living(template.path)
    edit_all(project)
    assert project.update(add="GET /hello text say_hello") == []
    commit(project.path)
    template.edit("template/src/*/app.py", '"""The WSGI', '# News\n"""The WSGI')
    template.release()
    assert project.update(vcs_ref=None) == []
    assert "# News" in project.project.read("src/sample/app.py")
    assert "mine" in project.project.read(NOTES)


def test_what_cannot_be_updated_says_why(versions: Template) -> None:
    project = Living(versions.path)
    (project.path / "untracked").touch()
    with pytest.raises(UserMessageError, match="commit or stash"):
        project.update()
    (project.path / "untracked").unlink()
    plain = Path(tempfile.mkdtemp(dir=scratch()))
    shutil.copytree(versions.path, plain / "t", ignore=shutil.ignore_patterns(".git"))
    with pytest.raises(UserMessageError, match="Cannot update"):
        Living(plain / "t").update()
