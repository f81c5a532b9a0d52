"""Write the tables of docs/http.md and docs/servers.md: cases as rows, applications as columns."""

from contextlib import redirect_stderr
from functools import cache
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from platform import python_version
from typing import Any

from conformance import points, prose
from conformance.points import ROWS
from conformance.servers import CASES, ENDS, observe
from harness import probe
from harness.serving import COMMANDS, running, with_version

FRAMEWORKS = ("flask", "falcon", "bottle", "django")


@cache
def ours() -> Any:
    return probe.load(probe.make())


def columns() -> dict[str, Any]:
    apps = {f"this template, Python {python_version()}": ours()}
    for name in FRAMEWORKS:
        application = import_module(f"{__package__}.apps.{name}_app").application
        apps[f"{name.capitalize()} {version(name)}"] = application
    return apps


def http() -> str:
    apps = columns()
    lines = [
        prose.HTTP,
        f"| probe | {' | '.join(apps)} |",
        "|---" * (len(apps) + 1) + "|",
    ]
    right = dict.fromkeys(apps, 0)
    for row in ROWS:
        cells = []
        for name, application in apps.items():
            with redirect_stderr(StringIO()):  # some log there
                good, seen = points.observe(row, application)
            right[name] += good
            cells.append(f"{'✓' if good else '✗'} {seen.replace('|', '¦')}")
        lines.append(f"| {row.claim} | {' | '.join(cells)} |")
    sums = " | ".join(f"**{count} of {len(ROWS)}**" for count in right.values())
    return "\n".join([*lines, f"| **right** | {sums} |", ""])


def servers() -> str:
    lines = {one.claim: [one.claim] for one in [*CASES, *ENDS]}
    for name in COMMANDS:
        for cases in (CASES, *([one] for one in ENDS)):
            with running(name) as server:
                for one in cases:
                    seen = observe(one, server)
                    mark = "✓" if seen == one.right else "–" if seen == one.other.get(name) else "✗"
                    lines[one.claim].append(f"{mark} {seen}")
    table = [["case", *map(with_version, COMMANDS)], ["---"] * (len(COMMANDS) + 1), *lines.values()]
    return "\n".join([prose.SERVERS, *(f"| {' | '.join(cells)} |" for cells in table), prose.NOTES])
