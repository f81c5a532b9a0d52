"""The template moves on, and so does its user: what an update keeps, and where it stops."""

import shutil
import tempfile
from pathlib import Path

import copier
import pytest
from copier.errors import UserMessageError

from harness.living import Living, Template, cli, commit, git
from harness.projects import assert_typed, run, run_tests, scratch

NOTES = "src/sample/handlers/notes.py"
INIT = "src/sample/__init__.py"
EDITS = {
    NOTES: (
        '    result = {"handler": "list_notes"}\n    return response.json(result)',
        '    notes = ["mine"]\n    return response.json(notes)',
    ),
    "tests/test_notes.py": (
        '    assert response.json() == {"handler": "list_notes"}',
        '    assert response.json() == ["mine"]',
    ),
    "README.md": ("## Run and test it", "Mine: ask Alice.\n\n## Run and test it"),
    "pyproject.toml": ("dependencies = [\n", 'dependencies = [\n    "tomli-w",\n'),
}
# Where a new version of the template has news, before this text.
PLACES = {
    "template/src/*/bare.py": '"""The WSGI callable',
    "template/src/*/handlers/*yield*": '"""Handlers of',
    "template/pyproject.toml.jinja": "[tool.mypy]",
    "template/tests/test_contract.py": '"""What WSGI',
}


def edit_all(project: Living) -> None:
    for name, (old, new) in EDITS.items():
        project.edit(name, old, new)


@pytest.fixture(scope="module")
def versions() -> Template:
    """Three versions, each of which changes several kinds of files."""
    template = Template()
    for tag in ("v1.1.0", "v2.0.0"):
        for name, old in PLACES.items():
            template.edit(name, old, f"# News of {tag}\n{old}")
        template.release(tag)
    return template


def test_a_file_with_the_line_ends_of_windows_does_not_conflict(versions: Template) -> None:
    project = Living(versions.path)
    edit_all(project)
    file = project.path / NOTES
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    commit(project.path)
    assert project.update(add="DELETE /notes/{note_id:int} none drop_note") == []
    assert b"\r" not in file.read_bytes() and b'["mine"]' in file.read_bytes()


@pytest.mark.parametrize("start", ["v1.0.0", "v1.1.0"])
def test_an_update_is_a_fresh_copy_with_the_edits(versions: Template, start: str) -> None:
    expected = Living(versions.path, project_name="Same")
    edit_all(expected)
    project = Living(versions.path, vcs_ref=start, project_name="Same")
    edit_all(project)
    conflicts = project.update(vcs_ref=None)
    assert conflicts == []
    assert project.files() == expected.files()
    assert project.answers()["_commit"] == "v2.0.0"
    assert run_tests(project.project).returncode == 0


def test_an_update_with_nothing_new_changes_nothing(versions: Template) -> None:
    project = Living(versions.path)
    edit_all(project)
    project.update(vcs_ref=None)
    assert not project.changed()
    project.update(vcs_ref=copier.VcsRef.CURRENT)
    assert not project.changed()


@pytest.mark.parametrize("name", ["README.md", ".gitignore", INIT])
def test_a_file_of_the_owners_is_never_rewritten(name: str) -> None:
    template = Template()
    project = Living(template.path)
    project.write(name, "# Mine\n")
    [source] = template.path.glob(f"template/**/{name.split('/')[-1]}*")
    source.write_text("# News\n")
    template.release("v1.1.0")
    conflicts = project.update(vcs_ref=None)
    assert conflicts == []
    assert project.project.read(name) == "# Mine\n"


@pytest.mark.parametrize(
    "command",
    [
        "git rm -q tests/test_home.py",
        "git rm -q src/sample/handlers/home.py tests/test_home.py",
        "git rm -q src/sample/request.py",
        "git mv tests/test_http.py tests/http_test.py",
        "git mv src/sample/bare.py src/sample/wsgi.py",
        "git rm -q README.md .gitignore src/sample/__init__.py",
    ],
)
def test_a_file_of_the_template_can_be_deleted_or_moved(versions: Template, command: str) -> None:
    """Each later update works, and does not bring the file back."""
    project = Living(versions.path, vcs_ref="v1.0.0")
    run(project.path, "bash", "-ec", command)
    commit(project.path)
    there = set(project.files())
    assert project.update(add="GET /hello text say_hello") == []
    commit(project.path)
    assert project.update(vcs_ref=None) == []
    assert project.answers()["_commit"] == "v2.0.0"
    new = {"src/sample/handlers/hello.py", "tests/test_hello.py"}
    assert set(project.files()) == there | new


def test_a_saved_answer_that_is_refused_now_stops_the_update() -> None:
    template = Template()
    project = Living(template.path, license="MIT")
    template.edit("copier.yml", "choices: [MIT, ", "choices: [")
    template.release("v2.0.0")
    # the second is all that Copier 9.15 says
    said = ("'MIT' is not in ['Apache-2.0', 'BSD-3-Clause', 'none']", "Invalid choice")
    assert project.refusal(vcs_ref=None) in said
    assert not project.changed()
    project.update(vcs_ref=None, license="none")
    assert project.answers()["license"] == "none"


def test_saved_routes_that_are_refused_now_stop_the_update() -> None:
    template = Template()
    project = Living(template.path, routes="GET / text home\nGET /old text old\n")
    template.edit(
        "copier.yml", "{{ routes_problem(", "{{ 'no /old' if '/old' in routes else routes_problem("
    )
    template.release("v2.0.0")
    assert project.refusal(vcs_ref=None) == "no /old"
    project.update(vcs_ref=None, routes="GET / text home")
    project.assert_answers_are_true()


def test_a_recopy_discards_the_edits_and_keeps_the_answers(versions: Template) -> None:
    project = Living(versions.path, routes="GET /only text only")
    before = project.project.read("src/sample/handlers/only.py")
    project.edit("src/sample/handlers/only.py", "Hello", "Mine")
    copier.run_recopy(project.path, defaults=True, overwrite=True, quiet=True)
    assert project.project.read("src/sample/handlers/only.py") == before
    assert project.answers()["routes"] == "GET /only text only"


# What an answer deletes


def test_a_file_that_its_owner_replaced_stays_without_its_extra(versions: Template) -> None:
    project = Living(versions.path, extras=["github-actions", "dependabot", "docker"])
    mine = {".github/workflows/ci.yml": "on: push\n", "Dockerfile": "FROM mine\n"}
    for name, text in mine.items():
        project.write(name, text)
    done = cli(project.path, "update", "-l", "-r", ":current:", "-dextras=[]", "-dserver=none")
    assert project.conflicts() == []
    assert {name: project.project.read(name) for name in mine} == mine
    named = done.stderr.split("No answer needs these files now.")[1].split("\n\n")[1].split()
    assert sorted(named) == sorted([*mine, ".dockerignore", ".github/dependabot.yml"])
    commit(project.path)
    # and what is deleted then does not come back
    (project.path / "Dockerfile").unlink()
    commit(project.path)
    assert project.update(add="GET /more text more") == []
    assert not (project.path / "Dockerfile").exists()
    assert project.project.read(".github/workflows/ci.yml") == "on: push\n"


def test_a_new_server_is_told_with_its_command(versions: Template) -> None:
    project = Living(versions.path)
    done = cli(project.path, "update", "-l", "-r", ":current:", "-dserver=granian")
    assert "  command   uv run --no-dev --extra granian python serve.py\n" in done.stderr
    new = {name for name, how in project.changed().items() if how == "??"}
    assert new == {name for name in new if f"  file      {name}\n" in done.stderr}


def test_the_message_names_the_files_that_an_answer_deletes(versions: Template) -> None:
    project = Living(versions.path, server="gunicorn", license="MIT", dispatcher="tree")
    project.write("gunicorn.conf.py", "# Mine\n")
    answers = [f"-d{answer}" for answer in ("server=none", "license=none", "dispatcher=ladder")]
    done = cli(project.path, "update", "-l", "-r", ":current:", *answers)
    deleted = [name for name, how in project.changed().items() if how == " D"]
    lines = done.stderr.split("They take away")[1].split("\n\n")[1].splitlines()
    named = [line.split()[1] for line in lines if line.split()[0] == "file"]
    assert "gunicorn.conf.py" in deleted
    assert sorted(named) == sorted(deleted)


def test_the_owner_adds_middleware_that_is_chosen_later(versions: Template) -> None:
    project = Living(versions.path)
    before = project.project.read(INIT)
    done = cli(project.path, "update", "-l", "-r", ":current:", "-d", "middleware=[etags]")
    assert project.project.read(INIT) == before
    said = done.stderr.split("write there what the new middleware needs:\n\n")[1]
    new_import, _, wrapped = [line.strip() for line in said.splitlines()[:3]]
    project.edit(
        INIT,
        "\n\napplication: WSGIApplication = bare.application",
        f"\n{new_import}\n\napplication: WSGIApplication = bare.application\n{wrapped}",
    )
    assert "etags(application)" in project.project.read(INIT)
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_typed(project.project)


def test_settings_of_the_owner_and_of_a_middleware_merge(versions: Template) -> None:
    project = Living(versions.path, features=["config"])
    for name, line in (
        ("src/sample/config.py", 'PAGE = text("PAGE")\n'),
        (".env.example", "PAGE=\n"),
    ):
        project.write(name, project.project.read(name) + line)
    assert project.update(middleware=["cors", "proxy"], features=[]) == []
    for name in ("src/sample/config.py", ".env.example"):
        assert project.project.read(name).endswith('PAGE")\n' if "config" in name else "\nPAGE=\n")
        assert "TRUSTED_PROXIES" in project.project.read(name)
    commit(project.path)
    assert project.update(middleware=[]) == []


# Where the template is


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
    assert "Local template must be a directory" in done.stderr
    assert not project.changed()
    # what docs/updates.md says
    source = f"s|^_src_path: .*|_src_path: {moved}|"
    run(project.path, "sed", "-i", source, ".copier-answers.yml")
    commit(project.path)
    assert project.update(add="GET /hello text say_hello") == []
    project.assert_answers_are_true()


def test_a_template_without_tags_is_followed_by_its_last_commit() -> None:
    template = Template(tag="")
    project = Living(template.path)
    edit_all(project)
    template.edit("template/src/*/bare.py", '"""The WSGI', '# News\n"""The WSGI')
    template.release()
    assert project.update(vcs_ref=None) == []
    assert "# News" in project.project.read("src/sample/bare.py")
    assert '["mine"]' in project.project.read(NOTES)


def test_a_project_with_uncommitted_files_is_not_updated(versions: Template) -> None:
    project = Living(versions.path)
    (project.path / "untracked").touch()
    with pytest.raises(UserMessageError, match="commit or stash"):
        project.update()


def test_a_project_from_a_plain_folder_cannot_be_updated(versions: Template) -> None:
    plain = Path(tempfile.mkdtemp(dir=scratch())) / "template"
    shutil.copytree(versions.path, plain, ignore=shutil.ignore_patterns(".git"))
    with pytest.raises(UserMessageError, match="Cannot update"):
        Living(plain).update()
