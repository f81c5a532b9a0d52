"""The harness: tests that run in a project, and projects that several tests use."""

import re
from pathlib import Path

import pytest

from harness import projects
from harness.projects import generate, run_inside


def test_deep_tests_run_among_a_projects_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "INSIDE", tmp_path)
    (tmp_path / "deep_good.py").write_text("from client import run\n\ndef test_good(): pass\n")
    (tmp_path / "deep_bad.py").write_text("def test_bad(): assert False\n")
    project = generate()
    assert "1 passed" in run_inside(project, "good")
    assert (project.path / "tests" / "test_deep_good.py").is_file()
    with pytest.raises(AssertionError, match="1 failed, 1 passed"):
        run_inside(project, "good", "bad")
    assert "1 deselected" in run_inside(
        project, "good", "bad", options=["--deselect", "tests/test_deep_bad.py"]
    )


def test_a_change_to_a_shared_project_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "_shared", [])
    project = projects.shared(generate)()
    assert projects.changed_projects() == []
    (project.path / "README.md").write_text("another")
    (project.path / "tests" / "test_new.py").touch()
    (project.path / "server.log").touch()
    expected = [f"{project.path}/README.md", f"{project.path}/tests/test_new.py"]
    assert projects.changed_projects() == expected


def test_each_project_that_is_cached_is_a_shared_one() -> None:
    for file in (projects.ROOT / "tests").rglob("*.py"):
        assert not re.search(r"@cache\ndef \w+\([^)]*\) -> Project:", file.read_text("utf-8")), file
