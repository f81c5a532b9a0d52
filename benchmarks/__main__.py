"""Measure everything and write docs/benchmarks: numbers, tables and charts."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.interpreters import CURRENT, OTHERS
from harness.projects import generate, template
from harness.shapes import MIDDLEWARE

from . import charts, generator, processes
from .work import TABLES, routes, text_of

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "benchmarks"
RATIOS = """A response with a path parameter: `floor` is its time by that of `json.dumps`, a column with a
name the time of that framework by the tree's, `404` and `405` the time of these by that response's.
"""
PACKAGES = (
    "Falcon Bottle wheezy.web Werkzeug Pyramid Flask Django gunicorn granian pyuwsgi copier".split()
)


def main() -> None:
    """Run the parts that are asked for, and keep the results of the others."""
    parts = {"inside": inside, "starts": starts, "served": served, "generator": generated}
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"{', '.join(parts)}; all if none is named")
    chosen = parser.parse_args().parts or list(parts)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile what it imports
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "results.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    results["machine"] = machine()
    with tempfile.TemporaryDirectory() as folder:
        environment = projects(Path(folder))
        for part in chosen:
            if part == "served" and not shutil.which("wrk"):
                print("without wrk: what is served keeps its last numbers", file=sys.stderr)
                continue
            results[part] = parts[part](Path(folder), environment)
            file.write_text(json.dumps(results, indent=1) + "\n")
    write(results)


def machine() -> dict[str, object]:
    """Say what the numbers were measured with."""
    model = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "processor": model[0].partition(": ")[2] if model else platform.processor(),
        "processors": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def projects(folder: Path) -> dict[str, str]:
    """Generate what is measured; return the environment in which it can be imported."""
    paths = [str(ROOT)]
    for table in ("10", "100", "1000", "10000", *tables()):
        for dispatcher in ("ladder", "tree") if table != "10000" else ("tree",):
            name = f"{dispatcher}_{len(routes(table))}"
            chosen = {"dispatcher": dispatcher, "routes": text_of(table), "package_name": name}
            generate(folder / name, **chosen)
            paths.append(str(folder / name / "src"))
    wrapped = {"package_name": f"wrapped_{len(routes('10'))}", "middleware": MIDDLEWARE}
    generate(folder / "wrapped", routes=text_of("10"), dispatcher="tree", **wrapped)
    paths.append(str(folder / "wrapped/src"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def tables() -> list[str]:
    """Return the names of the written tables."""
    return sorted(path.stem for path in TABLES.glob("*.txt"))


def inside(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Time the requests under every interpreter that is there, each with all frameworks."""
    uv = [
        os.environ.get("UV", generator.tool("uv")),
        "run",
        "--isolated",
        "--no-default-groups",
        "--group",
        "bench",
    ]
    pythons = {CURRENT: [sys.executable]}
    pythons |= {name: [*uv, "--python", str(path), "python"] for name, path in OTHERS.items()}
    return {
        f"Python {name}": {
            table: json.loads(
                subprocess.check_output(
                    [*python, "-m", "benchmarks.inside", table], env=environment, cwd=ROOT
                )
            )
            for table in ("10", "100", "1000", "10000", *tables())
        }
        for name, python in pythons.items()
    }


def starts(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Time the starts, and weigh what is installed."""
    rows = processes.starts(folder, environment)
    for name, size in processes.sizes(folder / "tree_10").items():
        for ours in ("ladder", "tree") if name == "ours" else (name,):
            rows[ours].update(size)
    return rows


def served(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Serve and put under load."""
    return processes.served(folder, environment)


def generated(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Time the generator."""
    return generator.times(template(), folder)


def write(results: dict[str, Any]) -> None:
    """Write the tables and charts."""
    about = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    pages = [
        "# Measured\n",
        f"{about['processor']}, {about['processors']} processors, Python {about['python']}; {versions}.\n",
    ]
    for python, numbers in results.get("inside", {}).items():
        for table, rows in numbers.items():
            label = f"{table} routes" if table.isdecimal() else f"the table {table}"
            pages += [f"## {python}, {label}: microseconds a request\n", _table(rows)]
    for python, numbers in results.get("inside", {}).items():
        pages += [f"## {python}: the tree beside the others", RATIOS, _table(ratios(numbers))]
    if "starts" in results:
        pages += ["## A process, beyond an empty one\n", _table(results["starts"])]
    for server, rows in results.get("served", {}).items():
        pages += [f"## Served by {server}, one worker\n", _table(rows)]
    if "generator" in results:
        rows = {name: {"seconds": value} for name, value in results["generator"].items()}
        pages += ["## The generator\n", _table(rows)]
    (RESULTS / "results.md").write_text("\n".join(pages))
    _charts(results)


def ratios(numbers: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return by number of routes how many times the tree costs the floor, and others the tree."""
    found: dict[str, dict[str, float]] = {}
    for table in (name for name in numbers if name.isdecimal()):
        rows = numbers[table]
        tree = rows["tree"]
        row = found.setdefault(
            f"{table} routes", {"floor": tree["parameter"] / rows["json.dumps"]["parameter"]}
        )
        if "ladder" in rows:
            row["ladder"] = rows["ladder"]["parameter"] / tree["parameter"]
        for name in ("Falcon", "Bottle", "Flask", "Django"):
            if name in rows:
                row[name] = rows[name]["parameter"] / tree["parameter"]
        row |= {f"{code}": tree[code] / tree["parameter"] for code in ("404", "405")}
        if "Falcon" in rows:
            row |= {
                f"Falcon's {code}": rows["Falcon"][code] / tree[code] for code in ("404", "405")
            }
    return found


def _charts(results: dict[str, Any]) -> None:
    for table, numbers in next(iter(results.get("inside", {}).values()), {}).items():
        if "parameter" in numbers["tree"]:
            values = {name: row["parameter"] for name, row in numbers.items() if name != "constant"}
            values = {name: round(value, 1) for name, value in values.items()}
            title = f"JSON with a path parameter, {table} routes"
            charts.bars(RESULTS / f"request-{table}", title, values, "µs")
    if "starts" in results:
        values = {name: row["start, ms"] for name, row in results["starts"].items()}
        charts.bars(RESULTS / "start", "Start, beyond Python's own", values, "ms")
    if "generator" in results:
        charts.bars(RESULTS / "generator", "Generating a project", results["generator"], "s")


def _table(rows: dict[str, dict[str, float]]) -> str:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "|---" + "|--:" * len(columns) + "|"]
    for name, row in rows.items():
        cells = [_number(row[column]) if column in row else "–" for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"


if __name__ == "__main__":
    main()
