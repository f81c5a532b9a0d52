"""Run pytest in a process forked from one that has loaded it: that saves a quarter of a short run."""

import gc
import multiprocessing
import os
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path

PLUGINS: tuple[str, ...] = ()
with suppress(ImportError):  # the name is private: without it, each run is a process of its own
    from _pytest.config import default_plugins

    PLUGINS = default_plugins

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, *(f"_pytest.{name}" for name in PLUGINS)])


def pytest(
    folder: Path, *arguments: str, environment: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run the tests in a folder whose package is in ``src``, as ``python -m pytest`` does."""
    if not PLUGINS:
        return subprocess.run(
            (sys.executable, "-m", "pytest", *arguments),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        child = FORKS.Process(target=_main, args=(folder, arguments, environment, out, err))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            child.kill()
            raise subprocess.TimeoutExpired(arguments, timeout)
        texts = (out.read_text("utf-8"), err.read_text("utf-8"))
    return subprocess.CompletedProcess(("pytest", *arguments), child.exitcode, *texts)


def _main(
    folder: Path, arguments: tuple[str, ...], environment: dict[str, str], out: Path, err: Path
) -> None:
    gc.freeze()  # else each run looks for garbage in all that was loaded before, five times
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
    sys.path = [
        str(folder),
        str(folder / "src"),
        *filter(lambda p: p.startswith(standard), sys.path),
    ]
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.argv = ["pytest", *arguments]
    import pytest

    raise SystemExit(int(pytest.main(list(arguments))))
