"""Programs that come from Debian's packages, which `debian.txt` lists."""

import shutil

import pytest

from harness.projects import ROOT

PACKAGES = (ROOT / "tests" / "debian.txt").read_text("utf-8").split()


def command(name: str) -> str:
    """Return the path of a program, also of one that only root uses."""
    places = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin"
    path = shutil.which(name) or shutil.which(name, path=places)
    if path is None:
        pytest.fail(f"there is no {name}: sudo apt-get install {' '.join(PACKAGES)}")
    return path
