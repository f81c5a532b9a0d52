"""What owners get wrong: their project's own tests must notice it, and nothing else."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.owner_faults import (
    FALSE_ALARMS,
    FAULTS,
    LEGITIMATE,
    NOT_CAUGHT,
    PROJECTS,
    SERVICE,
    Edit,
)
from harness.projects import Project, compile_files, generate, run_tests, shared
from harness.sampling import often

pytestmark = pytest.mark.matrix
Edits = tuple[tuple[str, str, str], ...]
NOTICED = [fault for fault in FAULTS if fault.name not in NOT_CAUGHT]
GREEN = [change for change in LEGITIMATE if change.name not in FALSE_ALARMS]


def sampled(edits: list[Edit]) -> list[Any]:
    return [
        pytest.param(one, id=f"{one.project}: {one.name}", marks=often(at, 2))
        for at, one in enumerate(edits)
    ]


def edit(folder: Path, edits: Edits) -> None:
    for name, old, new in edits:
        file = folder / name
        text = file.read_text("utf-8") if old else ""
        assert old in text, f"{name} has no {old}"
        file.write_text(text.replace(old, new) if old else new, "utf-8")


@shared
def untouched(name: str) -> Project:
    made = generate(**PROJECTS[name])
    edit(made.path, tuple(SERVICE) if name == "service" else ())
    return compile_files(made)


def edited(name: str, edits: Edits, folder: Path) -> Project:
    shutil.copytree(untouched(name).path, folder / "app")
    edit(folder / "app", edits)
    return Project(folder / "app", "sample")


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_without_a_fault_is_green(name: str) -> None:
    done = run_tests(untouched(name))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_each_edit_has_its_place(tmp_path: Path) -> None:
    for at, change in enumerate([*NOTICED, *GREEN]):
        edited(change.project, change.edits, tmp_path / str(at))


@pytest.mark.parametrize("fault", sampled(NOTICED))
def test_an_owners_fault_turns_a_test_of_the_project_red(fault: Edit, tmp_path: Path) -> None:
    done = run_tests(edited(fault.project, fault.edits, tmp_path), "-x")
    assert done.returncode in (1, 2), f"nothing notices {fault.name}"


@pytest.mark.parametrize("change", sampled(GREEN))
def test_a_legitimate_edit_turns_no_test_red(change: Edit, tmp_path: Path) -> None:
    done = run_tests(edited(change.project, change.edits, tmp_path), "--tb=short")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_nearly_all_faults_are_caught() -> None:
    assert len(NOT_CAUGHT) <= 0.06 * len(FAULTS)


def test_names_of_uncaught_faults_are_names_of_faults() -> None:
    assert set(NOT_CAUGHT) <= {fault.name for fault in FAULTS}
    assert set(FALSE_ALARMS) <= {change.name for change in LEGITIMATE}


def test_each_edit_has_a_unique_name() -> None:
    for edits in (FAULTS, LEGITIMATE):
        names = [change.name for change in edits]
        assert len(names) == len(set(names))
