"""A company's fork: its own files, its own middleware in every project, and the tags of its own."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from harness.living import Living, Template, commit, git
from harness.projects import (
    ROOT,
    Project,
    assert_tidy,
    assert_typed,
    python,
    run,
    run_tests,
    scratch,
)

REQUEST_ID = '''\
"""The ID of a request, which a proxy sends or which is made here."""

from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from . import request, response


def with_request_id(application: WSGIApplication) -> WSGIApplication:
    """Wrap an application: each response says which request it belongs to."""

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> response.Body:
        number = request.header(environ, "X-Request-ID") or uuid4().hex

        def start(status: str, headers: list[tuple[str, str]], *exc_info: object) -> object:
            return start_response(status, [*headers, ("X-Request-ID", number)])

        return application(environ, start)  # type: ignore[arg-type]

    return wrapped
'''
TEST_REQUEST_ID = '''\
"""Tests of the company's headers."""

from client import call


def test_a_response_has_the_id_of_its_request() -> None:
    assert call("GET", "/", x_request_id="7").headers["X-Request-ID"] == "7"


def test_a_response_has_the_companys_header() -> None:
    assert call("GET", "/nowhere").headers["Server-Team"] == "acme"
'''
PACKAGE = "template/src/{{ package_name }}"
HEADER = (
    '"nosniff")]  # the headers of every response',
    '"nosniff"), ("Server-Team", "acme")]  # of every response',
)


def make_the_companys(fork: Path) -> None:
    """All that it takes: a constant, two files, and two lines of __init__.py."""
    (fork / PACKAGE / "request_id.py").write_text(REQUEST_ID)
    (fork / "template/tests/test_company.py").write_text(TEST_REQUEST_ID)
    replace(fork / PACKAGE / "response.py", *HEADER)
    init = fork / PACKAGE / "__init__.py.jinja"
    imported = "{% endfor %}\nfrom .request_id import with_request_id\n\n{% if"
    replace(init, "{% endfor %}\n\n{% if", imported)
    replace(
        init,
        "Application = bare.application\n",
        "Application = with_request_id(bare.application)\n",
    )


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def upstream() -> Template:
    return Template("v1.0.0")


@pytest.fixture
def fork(upstream: Template) -> Template:
    """A clone with a file of the company's and a version of its own, as docs/customize.md says."""
    return upstream.fork("v1.0.0+acme.1")


def release(upstream: Template, tag: str) -> None:
    upstream.edit("template/src/*/bare.py", '"""The WSGI', f'# News of {tag}\n"""The WSGI')
    upstream.release(tag)


# The trap of the tags


def test_a_tag_of_upstream_in_a_fork_deletes_the_companys_files(
    upstream: Template, fork: Template
) -> None:
    project = Living(fork.path)
    release(upstream, "v1.1.0")
    fork.merge("--tags")
    assert project.update(vcs_ref=None) == []
    assert project.answers()["_commit"] == "v1.1.0"
    assert not (project.path / "SECURITY.md").exists()


def test_a_fork_without_the_tags_of_upstream_keeps_its_files(
    upstream: Template, fork: Template
) -> None:
    git(fork.path, "config", "remote.upstream.tagOpt", "--no-tags")
    project = Living(fork.path)
    release(upstream, "v1.1.0")
    fork.merge()
    assert project.update(vcs_ref=None) == []
    assert project.answers()["_commit"] == "v1.0.0+acme.1"
    # and it follows when the fork says so
    fork.release("v1.1.0+acme.1")
    assert project.update(vcs_ref=None) == []
    assert project.answers()["_commit"] == "v1.1.0+acme.1"
    assert "# News of v1.1.0" in project.project.read("src/sample/bare.py")
    assert (project.path / "SECURITY.md").exists()


def test_a_project_that_lost_the_companys_files_gets_them_back(
    upstream: Template, fork: Template
) -> None:
    project = Living(fork.path)
    release(upstream, "v1.1.0")
    fork.merge("--tags")
    project.update(vcs_ref=None)
    commit(project.path)
    # what docs/customize.md says
    git(fork.path, "tag", "-d", "v1.1.0")
    fork.release("v1.1.0+acme.1")
    git(project.path, "revert", "--no-edit", "HEAD")
    assert project.update(vcs_ref=None) == []
    assert (project.path / "SECURITY.md").exists()


# The seams


@pytest.mark.parametrize("middleware", [[], ["etags", "cors"]])
def test_the_projects_of_a_fork_pass_their_tests(fork: Template, middleware: list[str]) -> None:
    make_the_companys(fork.path)
    fork.release("v1.0.0+acme.2")
    project = Living(fork.path, middleware=middleware)
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project.project)
    assert_typed(project.project)


def test_what_the_page_on_forks_changes_is_in_every_project(fork: Template) -> None:
    section = (ROOT / "docs/customize.md").read_text("utf-8").split("## A fork")[1]
    changes = re.findall(r"(?m)^\$ ((?:sed|printf) .*)$", section.split("\n## ")[0])
    done = run(fork.path, "bash", "-ec", "\n".join(changes))
    assert done.returncode == 0, done.stderr
    fork.release("v1.0.0+acme.2")
    project = Living(fork.path, project_name="Notes")
    assert project.project.read("ON_CALL.md") == "Notes is run by Acme, team Web.\n"
    assert project.answers()["team"] == "Web"
    assert "MIT License" in project.project.read("LICENSE")
    assert '"Acme: Home"' in project.project.read("src/sample/handlers/home.py")
    assert "Server-Team" in project.project.read("src/sample/response.py")
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project.project)


def test_a_project_that_is_older_than_the_middleware_goes_on_without_it(fork: Template) -> None:
    project = Living(fork.path)
    make_the_companys(fork.path)
    fork.release("v1.0.0+acme.2")
    assert project.update(vcs_ref=None) == []
    # its __init__.py is its owner's, who composes the application as the company asks
    test = "tests/test_company.py"
    done = python(project.project, "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    assert "1 failed, 1 passed" in done.stdout
    init = "src/sample/__init__.py"
    project.edit(init, "bare\n\n", "bare\nfrom .request_id import with_request_id\n\n")
    project.edit(
        init, "Application = bare.application", "Application = with_request_id(bare.application)"
    )
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]


def test_upstream_is_merged_into_these_places_without_a_conflict(
    upstream: Template, fork: Template
) -> None:
    make_the_companys(fork.path)
    commit(fork.path)
    release(upstream, "v1.1.0")
    upstream.edit("template/src/*/response.py", "def empty", "# News\ndef empty")
    upstream.release("v1.2.0")
    fork.merge("--no-tags")
    assert "# News" in (fork.path / PACKAGE / "response.py").read_text()


def test_a_question_of_the_forks_conflicts_with_none_of_upstream(
    upstream: Template, fork: Template
) -> None:
    end = "# The questions of a fork end here."
    own = "team:\n  type: str\n  default: Web\n\n"
    fork.edit("copier.yml", end, own + end)
    commit(fork.path)
    # upstream adds a question in the nearest places, and one more a version later
    begin = "# The questions of a fork go between"
    for number, mark in enumerate([begin, "# The rest is never asked"]):
        upstream.edit("copier.yml", mark, f"new_{number}:\n  type: bool\n  default: no\n\n{mark}")
    upstream.release("v1.1.0")
    fork.merge("--no-tags")
    between = (fork.path / "copier.yml").read_text().split(begin)[1].split(end)[0]
    assert between.split("\n", 1)[1] == "\n" + own
    fork.release("v1.1.0+acme.1")
    answers = Living(fork.path).answers()
    assert (answers["team"], answers["new_0"], answers["new_1"]) == ("Web", False, False)


@pytest.mark.long
def test_the_templates_own_tests_pass_in_a_fork() -> None:
    fork = Path(tempfile.mkdtemp(prefix="fork-", dir=scratch()))
    for name in run(ROOT, "git", "ls-files", "-z").stdout.split("\0")[:-1]:
        (fork / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, fork / name)
    make_the_companys(fork)
    tests = [
        "tests/project/test_shapes.py",
        "-k",
        "defaults and ladder and not (blank or path_is_short)",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
    ]
    done = python(Project(fork, ""), "-m", "pytest", "-q", *tests)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
