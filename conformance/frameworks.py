"""The table of docs/http.md: the points as rows, applications as columns."""

from contextlib import redirect_stderr
from functools import cache
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from platform import python_version
from typing import Any

from harness import probe

from .points import ROWS, observe

FRAMEWORKS = ("flask", "falcon", "bottle", "django")
HEAD = """\
# HTTP, point by point

What a bare WSGI application must get right: a project that this template generates, beside the
same application written in Flask, Falcon, Bottle and Django. Each row is one probe: a call
of the WSGI callable in this process, without a server. ✓ and ✗ say whether the response is right,
followed by what was seen: a status, a header or a word.

The frameworks run as their documentation starts them, with a body limit of 1 MiB where they have
a setting for one. Bottle has no content negotiation, Django reads JSON with `json.loads`. Much of
what they get wrong can be put right in an application; the table shows what somebody gets who does
not know that. Each probe also runs against an application that does everything wrong.

This file is written by `.venv/bin/python -m conformance http`. The probes are in
`conformance/points.py`, the applications in `conformance/apps/`.
"""


@cache
def ours() -> Any:
    return probe.load(probe.make())


def columns() -> dict[str, Any]:
    apps = {f"this template, Python {python_version()}": ours()}
    for name in FRAMEWORKS:
        application = import_module(f"{__package__}.apps.{name}_app").application
        apps[f"{name.capitalize()} {version(name)}"] = application
    return apps


def document() -> str:
    apps = columns()
    lines = [
        HEAD,
        f"| point | probe | {' | '.join(apps)} |",
        "|---:" + "|---" * (len(apps) + 1) + "|",
    ]
    right = dict.fromkeys(apps, 0)
    for row in ROWS:
        cells = []
        for name, application in apps.items():
            with redirect_stderr(StringIO()):  # some log there
                good, seen = observe(row, application)
            right[name] += good
            cells.append(f"{'✓' if good else '✗'} {seen.replace('|', '¦')}")
        lines.append(f"| {row.point} | {row.claim} | {' | '.join(cells)} |")
    sums = " | ".join(f"**{count} of {len(ROWS)}**" for count in right.values())
    return "\n".join([*lines, f"| | **right** | {sums} |", ""])
