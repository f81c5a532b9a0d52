"""What holds for the whole run: which tests it has, how long they are, and what its end says."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from harness import debian, quick_copier
from harness.interpreters import CURRENT, MISSING, OTHERS

collect_ignore = ["inside"]  # what runs in a generated project, and only there

# A run writes some hundred thousand small files. Memory takes half the time of a disk.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and disk_usage(MEMORY).free > 4 * 2**30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Many short processes start in half the time if their libraries are compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Copier clones the template three times in an update: without the examples of hooks.
os.environ["GIT_TEMPLATE_DIR"] = ""

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

# What `--release` makes longer. Each can be set by itself, too.
LONG_RUN = {
    "HYPOTHESIS_PROFILE": "search",
    "FUZZ_EXAMPLES": "100000",
    "LIVING_STEPS": "2000",
    "RECIPE_PAIRS": "all",
}
# What only `--everything` runs: tests that use one of these fixtures, and those with a marker.
PROGRAMS = ("nginx", "postgresql", "browser", "systemd")
ON_REQUEST = {
    **{name: f"need {name}" for name in PROGRAMS},
    "matrix": "generate many projects",
    "long": "take more than five seconds",
    "release": "are like others that ran",
}
NOT_RUN = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tiers")
    everything = "also run the tests that need a program or generate many projects"
    group.addoption("--everything", action="store_true", help=everything)
    longer = "run everything, with random requests and updates for some hours"
    group.addoption("--release", action="store_true", help=longer)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("release"):
        os.environ.update(LONG_RUN | os.environ)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
    if not hasattr(config, "workerinput"):  # else it has the folder of the process that began
        folder = tempfile.TemporaryDirectory(prefix="compiled-")
        config.add_cleanup(folder.cleanup)
        os.environ[quick_copier.FOLDER] = folder.name


def pytest_xdist_auto_num_workers() -> int:
    """Run one more worker than there are processors, because servers under test often wait."""
    return (os.cpu_count() or 1) + 1


# What takes long begins first: else one worker is still busy when the others are done.
LONG = ("test_updates_docs.py", "test_updates_machine.py", "test_end_to_end.py", "test_shapes.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)
    kept: dict[bool, list[pytest.Item]] = {True: [], False: []}
    counted: Counter[str] = Counter()
    for item in items:
        for name in {*PROGRAMS} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(name)
        if item.path.parent.name == "servers":
            item.add_marker("servers")
        reasons = [name for name in ON_REQUEST if item.get_closest_marker(name)]
        run = not reasons or wanted(config, reasons[-1])
        kept[run].append(item)
        counted.update([] if run else reasons[-1:])
    items[:] = kept[True]
    config.hook.pytest_deselected(items=kept[False])
    config.stash[NOT_RUN] = dict(counted)


def wanted(config: pytest.Config, reason: str) -> bool:
    """Whether a test runs that is left out for a reason: by an option, or because it is named."""
    named = any("::" in word or word.endswith(".py") for word in config.args)
    if config.getoption("release") or config.option.keyword or named:
        return True
    return reason != "release" and bool(config.getoption("everything") or config.option.markexpr)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist did not run. It is the same in all of them."""
    node.config.stash[NOT_RUN] = getattr(node, "workeroutput", {}).get("not_run", {})


def pytest_sessionfinish(session: pytest.Session) -> None:
    if output := getattr(session.config, "workeroutput", None):
        output["not_run"] = session.config.stash.get(NOT_RUN, {})


def pytest_report_header(config: pytest.Config) -> str:
    """A version that was not there is one that was not tested: say so on top."""
    found = f"generated projects run on Python {', '.join([CURRENT, *OTHERS])}"
    return f"{found}; NOT FOUND, so not tested: {', '.join(MISSING)}" if MISSING else found


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was not tested, why, and how it is."""
    lines = list(not_tested(config.stash.get(NOT_RUN, {}), terminalreporter.stats))
    if lines:
        terminalreporter.section("not tested")
        terminalreporter.write_line("\n".join(lines))


def not_tested(not_run: dict[str, int], stats: dict[str, list[Any]]) -> Iterator[str]:
    skipped = Counter(report.longrepr[2] for report in stats.get("skipped", []))
    for name, count in not_run.items():
        yield f"tests that {ON_REQUEST[name]}: {count}"
    for reason, count in skipped.items():
        yield f"{reason.removeprefix('Skipped: ')}: {count} skipped"
    if not_run.keys() & {*PROGRAMS}:
        yield f"Get these programs: {debian.INSTALL}"
    if not_run:
        only_release = not_run.keys() == {"release"}
        yield f"Run them, too: pytest {'--release' if only_release else '--everything'}"
    if MISSING:
        yield f"Python {', '.join(MISSING)}: not found, so no project was tested on it"


@pytest.fixture(scope="session", autouse=True)
def shared_projects() -> Iterator[None]:
    """A test that writes into a project of others makes these fail, in some orders only."""
    yield
    projects = sys.modules.get("harness.projects")
    changed = projects.changed_projects() if projects else []
    assert changed == [], "copy a shared project before you change it"


# A test uses one of these if it needs the program. It gets a marker of the same name.


@pytest.fixture(scope="session")
def nginx() -> str:
    return debian.command("nginx")


@pytest.fixture(scope="session")
def systemd() -> str:
    return debian.command("systemd-analyze")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A server, of which `harness.postgres.Server` says what it can do."""
    from harness import postgres

    with postgres.running() as server:
        yield server
