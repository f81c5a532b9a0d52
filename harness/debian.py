"""Programs that come from Debian's packages, which `tests/debian.txt` lists."""

import os
import shutil

import pytest

from harness.projects import ROOT

PACKAGES = (ROOT / "tests" / "debian.txt").read_text("utf-8").split()
INSTALL = f"sudo apt-get install {' '.join(PACKAGES)}"


def command(name: str) -> str:
    """Return the path of a program, also of one that only root uses.

    Without it, the test is skipped. It fails if the variable CI is set: there, all must run.
    """
    places = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin"
    path = shutil.which(name) or shutil.which(name, path=places)
    if path is None:
        missing = f"there is no {name}: {INSTALL}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path
