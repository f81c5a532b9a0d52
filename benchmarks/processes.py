"""What a process costs: its start, its memory, its size on disk, and what it serves."""

import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from harness.serving import free_port, started

STARTS = {
    "python": "pass",
    "ladder": "import ladder_10; ladder_10.application",
    "tree": "import tree_10; tree_10.application",
    "Falcon": "import falcon; falcon.App()",
    "Bottle": "import bottle; bottle.Bottle()",
    "wheezy.web": "from wheezy.http import WSGIApplication; import wheezy.web.handlers",
    "Werkzeug": "import werkzeug.wrappers, werkzeug.routing",
    "Pyramid": "from pyramid.config import Configurator; Configurator()",
    "Flask": "import flask; flask.Flask('x')",
    "Django": "import django.core.handlers.wsgi, django.urls, django.http",
}
SERVED = ["constant", "json.dumps", "ladder", "tree", "Falcon", "Bottle", "Flask", "Django"]
SERVERS = {
    "gunicorn": ["gunicorn", "-w1", "-b127.0.0.1:{port}", "benchmarks.served:application"],
    "granian": [
        "granian", "--interface", "wsgi", "--port", "{port}", "--blocking-threads", "1",
        "--no-access-log", "--log-level", "error", "benchmarks.served:application",
    ],
    "uWSGI": [
        "uwsgi", "--http-socket", "127.0.0.1:{port}", "--wsgi", "benchmarks.served:application",
        "--processes", "1", "--disable-logging", "--need-app", "--enable-threads",
    ],
}  # fmt: skip
PEAK = "\nprint(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"


def starts(
    folder: Path, environment: dict[str, str], rounds: int = 15
) -> dict[str, dict[str, float]]:
    """Return milliseconds and MiB by framework, beyond those of an empty program."""
    environments = {
        name: {**environment, "PYTHONPATH": str(folder / f"{name}_10" / "src")} for name in STARTS
    }
    for name, code in STARTS.items():  # once, to compile
        subprocess.run([sys.executable, "-c", code], env=environments[name], check=True)
    times: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(rounds):
        for name, code in STARTS.items():
            before = _spent()
            subprocess.run([sys.executable, "-c", code], env=environments[name], check=True)
            times[name].append((_spent() - before) * 1e3)
    peaks = {name: _peak(code, environments[name]) for name, code in STARTS.items()}
    floor = median(times["python"])
    return {
        name: {
            "start, ms": round(median(times[name]) - floor, 2),
            "memory, MiB": round(peaks[name] - peaks["python"], 2),
        }
        for name in STARTS
        if name != "python"
    }


def _spent() -> float:
    """Return the processor time of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _peak(code: str, environment: dict[str, str]) -> float:
    command = [sys.executable, "-c", code + PEAK]
    sizes = [subprocess.check_output(command, env=environment) for _ in range(5)]
    return median(int(size) for size in sizes) / 1024


def sizes(project: Path) -> dict[str, dict[str, float]]:
    """Return what an installation takes: distributions, and MiB on disk."""
    files = [file for file in (project / "src").rglob("*") if file.suffix in (".py", ".json")]
    found = {"ours": {"distributions": 1, "disk, MiB": _mebibytes(files)}}
    for name in ("Falcon", "Bottle", "wheezy.web", "Werkzeug", "Pyramid", "Flask", "Django"):
        installed = _needed(name, {})
        paths = [Path(str(f.locate())) for d in installed.values() for f in d.files or ()]
        sources = [path for path in paths if path.is_file() and path.suffix != ".pyc"]
        found[name] = {"distributions": len(installed), "disk, MiB": _mebibytes(sources)}
    return found


def _mebibytes(files: list[Path]) -> float:
    return round(sum(file.stat().st_size for file in files) / 2**20, 2)


def _needed(name: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    try:
        found[name.lower()] = distribution(name)
    except PackageNotFoundError:
        return found
    for line in found[name.lower()].requires or ():
        other = re.split(r"[^\w.-]", line)[0]
        if "extra ==" not in line and other.lower() not in found:
            _needed(other, found)
    return found


@contextmanager
def serving(server: str, name: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve an application with one worker; yield its address as soon as it responds."""
    port = free_port()
    words = [word.format(port=port) for word in SERVERS[server]]
    environment = {**environment, "BENCHMARK": name}
    with started(words, folder, folder / "server.log", **environment):
        yield _ready(f"http://127.0.0.1:{port}/r0/items/7")


def _ready(url: str) -> str:
    deadline = time.monotonic() + 10
    while True:
        try:
            with urlopen(url):
                return url
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)


def served(
    folder: Path, environment: dict[str, str], seconds: int = 2, rounds: int = 3
) -> dict[str, dict[str, Any]]:
    """Return requests a second, the 99th percentile and the start, by server and application."""
    found: dict[str, dict[str, Any]] = {}
    for server in SERVERS:
        samples: dict[str, list[tuple[float, float, float]]] = {name: [] for name in SERVED}
        for _ in range(rounds):
            for name in SERVED:
                begin = time.perf_counter()
                with serving(server, name, folder, environment) as url:
                    ready = (time.perf_counter() - begin) * 1e3
                    load = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", url]
                    samples[name].append((*_read(subprocess.check_output(load, text=True)), ready))
        columns = ("requests/s", "p99, ms", "first response, ms")
        for name, rows in samples.items():
            row = [median(column) for column in zip(*rows, strict=True)]
            found.setdefault(server, {})[name] = dict(zip(columns, row, strict=True))
    return found


def _read(report: str) -> tuple[float, float]:
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", report)[0]
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0])
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
