"""Tests that are not a project's own, and run in it."""

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
