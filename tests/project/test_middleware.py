"""Middleware: none, one, pairs and all of them, in projects whose own tests are green."""

import re
import shutil

import pytest

from harness.projects import INSIDE, Project, assert_tidy, assert_typed, generate, run_tests, shared
from harness.rendering import constant, render, value
from harness.shapes import MIDDLEWARE

WITH_SETTING = [name for name, row in constant("choices", "MIDDLEWARE").items() if row["setting"]]


@shared
def project_of(*middleware: str) -> Project:
    return generate(middleware=list(middleware), server="gunicorn")


# The files


def test_a_project_without_middleware_has_nothing_of_it() -> None:
    project = generate()
    names = " ".join(project.files())
    assert "middleware" not in names
    assert "config" not in names and ".env" not in names
    assert "\napplication: WSGIApplication = bare.application\napp = application" in project.read(
        "src/sample/__init__.py"
    )


@pytest.mark.matrix
@pytest.mark.parametrize("name", MIDDLEWARE)
def test_one_middleware_makes_a_tested_project(name: str) -> None:
    project = project_of(name)
    assert (project.source / "middleware" / f"{name}.py").is_file()
    assert (project.source / "config.py").is_file() == (name in WITH_SETTING)
    assert (project.path / ".env.example").is_file() == (name in WITH_SETTING)
    files = [f"tests/{file.name}" for file in project.path.glob("tests/test_[!h]*.py")]
    done = run_tests(project, *files)  # test_http.py is among the tests of all
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.matrix
def test_one_middleware_makes_a_tidy_and_typed_project() -> None:
    projects = [project_of(name) for name in MIDDLEWARE]
    projects += [project_of("access_log", name) for name in ("gzip", "proxy")]
    assert_tidy(*projects)
    for name in ("cors", "etags"):  # with a setting, with a helper
        assert_typed(project_of(name))


def test_all_middleware_makes_a_tested_project() -> None:
    project = project_of(*MIDDLEWARE)
    done = run_tests(project)  # test_optional_files.py looks at every line and branch
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project)
    assert_typed(project)


def test_each_pair_and_all_keep_what_wsgi_promises() -> None:
    project = generate(middleware=MIDDLEWARE)
    shutil.copy(INSIDE / "middleware_together.py", project.path / "tests" / "test_together.py")
    done = run_tests(project, "tests/test_together.py")
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 1700


# The macros


def test_a_middleware_brings_the_files_that_it_needs() -> None:
    assert value("parts.files_of", []) == []
    assert value("parts.files_of", ["request_id", "mount"]) == ["request_id", "mount"]
    assert value("parts.files_of", ["cors", "proxy"]) == ["cors", "proxy", "config"]
    assert value("parts.files_of", ["gzip"]) == ["gzip", "wrapping"]


@pytest.mark.parametrize(
    "parts, folder", [([], "False"), (["config"], "False"), (["cors"], "True")]
)
def test_the_folder_is_there_if_a_file_is_in_it(parts: list[str], folder: str) -> None:
    assert render("parts.has_files", parts).strip() == folder


def test_an_owner_is_told_the_lines_that_new_middleware_needs() -> None:
    told = render("news.missing_lines", ["gzip"], ["proxy", "gzip", "etags"])
    assert [line for line in told.splitlines() if line.strip()] == [
        "from . import bare, config",
        "from .middleware.etags import etags",
        "from .middleware.proxy import proxy",
        "application = etags(application)",
        "application = proxy(application, config.TRUSTED_PROXIES)",
    ]
    assert "import bare" not in render("news.missing_lines", ["cors"], ["cors", "proxy"])
    assert not render("news.missing_lines", ["gzip"], ["gzip"]).strip()
