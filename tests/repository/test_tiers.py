"""What a run of the tests leaves out, and what it says about that."""

import re
import sys
import tomllib

import pytest

from harness import debian, forked
from harness.projects import ROOT, Project, generate, run, run_tests


def collected(*options: str) -> str:
    """Return what pytest prints that runs nothing."""
    words = ("-m", "pytest", "--collect-only", "-q", "-n", "0", *options)
    done = run(ROOT, sys.executable, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_last_lines_say_what_was_left_out_and_how_to_run_it() -> None:
    shown = collected("tests/servers", "tests/project").partition("not tested")[2]
    for words in (
        "tests that need nginx",
        "tests that need systemd",
        "tests that generate many projects",
        debian.INSTALL,
        "pytest --everything",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "options",
    [
        ("--everything", "tests/servers"),
        ("-m", "nginx", "tests/servers"),
        ("tests/servers/test_behind_nginx.py",),
    ],
)
def test_what_is_asked_for_by_name_is_not_left_out(options: tuple[str, ...]) -> None:
    shown = collected(*options)
    assert "test_a_page_and_an_error_arrive" in shown
    assert "pytest --everything" not in shown


def test_ci_runs_each_marker_that_a_run_without_options_leaves_out() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    markers = [line.partition(":")[0] for line in settings["ini_options"]["markers"]]
    markers.remove("servers")  # these run always
    markers.remove("release")
    [expression] = re.findall(r'--everything -m "(.*)"', (ROOT / ".ci/run").read_text("utf-8"))
    assert expression.split(" or ") == markers


def test_a_missing_program_skips_a_test_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no such-program: sudo apt-get"):
        debian.command("such-program")


def test_a_missing_program_fails_a_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="there is no such-program: sudo apt-get"):
        debian.command("such-program")


@pytest.fixture(scope="module")
def project() -> Project:
    return generate()


def test_a_projects_tests_run_the_same_without_the_private_names_of_pytest(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run_tests(project)
    monkeypatch.setattr(forked, "PLUGINS", ())
    plain = run_tests(project)
    assert done.returncode == plain.returncode == 0
    assert done.stdout.split(" passed")[0] == plain.stdout.split(" passed")[0]
