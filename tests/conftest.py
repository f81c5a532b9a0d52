"""What holds for the whole run."""

import os
import sys
import tempfile
from pathlib import Path
from shutil import disk_usage

import pytest
from hypothesis import HealthCheck, Phase, settings

from harness.interpreters import CURRENT, MISSING, OTHERS

collect_ignore = ["inside"]  # what runs in a generated project, and only there

# A run writes some hundred thousand small files. Memory takes half the time of a disk.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and disk_usage(MEMORY).free > 4 * 2**30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Many short processes start in half the time if their libraries are compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples on every run: a failure is one that the next person sees too.
# Generating takes as long as it takes, and a bare failure needs no search for a smaller one.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_xdist_auto_num_workers() -> int:
    """Run one more worker than there are processors, because servers under test often wait."""
    return (os.cpu_count() or 1) + 1


# What takes long begins first: else one worker is still busy when the others are done.
LONG = ("test_updates_docs.py", "test_updates_machine.py", "test_end_to_end.py", "test_shapes.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_report_header(config: pytest.Config) -> str:
    """A version that was not there is one that was not tested: say so on top."""
    found = f"generated projects run on Python {', '.join([CURRENT, *OTHERS])}"
    return f"{found}; NOT FOUND, so not tested: {', '.join(MISSING)}" if MISSING else found
