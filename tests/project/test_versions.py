"""The projects run on every supported Python that this machine has."""

import shutil
import sysconfig
from functools import cache
from pathlib import Path

import pytest

from harness.interpreters import CURRENT, OTHERS, VERSIONS
from harness.projects import Project, assert_typed, generate, run, scratch, shared
from harness.shapes import SHAPES

PURE = (
    "pytest",
    "_pytest",
    "py.py",
    "pluggy",
    "iniconfig",
    "packaging",
    "pygments",
    "multipart.py",
)


@cache
def site() -> Path:
    """pytest and multipart with what they need, which is the same for every Python."""
    folder, here = scratch() / "site", Path(sysconfig.get_paths()["purelib"])
    folder.mkdir()
    for name in PURE:
        copy = shutil.copytree if (here / name).is_dir() else shutil.copy
        copy(here / name, folder / name)
    return folder


@shared
def project_of(shape: str, dispatcher: str) -> Project:
    return generate(dispatcher=dispatcher, **SHAPES[shape])


@pytest.mark.parametrize("version", OTHERS)
@pytest.mark.parametrize(
    "shape, dispatcher",
    [
        ("defaults", "ladder"),
        pytest.param("api of forty", "tree", marks=pytest.mark.matrix),
        pytest.param("everything", "ladder", marks=pytest.mark.matrix),
    ],
)
def test_a_project_runs_on_another_python(version: str, shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    path = f"{project.path / 'src'}:{site()}"
    options = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    done = run(project.path, str(OTHERS[version]), *options, PYTHONPATH=path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.matrix
@pytest.mark.parametrize("version", [one for one in VERSIONS if one != CURRENT])
@pytest.mark.parametrize("shape, dispatcher", [("api of forty", "tree"), ("everything", "ladder")])
def test_a_project_is_typed_for_every_python(version: str, shape: str, dispatcher: str) -> None:
    assert_typed(project_of(shape, dispatcher), "--python-version", version)
