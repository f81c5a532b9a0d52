"""The optional files of a project: their deep tests run in a project that has all of them."""

import os
import re
import signal
import subprocess
import sys
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest

from harness import shapes
from harness.projects import (
    INSIDE,
    Project,
    add_deep_tests,
    deep_tests,
    generate,
    python,
    run_tests,
    shared,
)
from harness.rendering import constant
from harness.serving import free_port, listening, started, until

COVERAGE = ("--cov=sample", "--cov-branch", "--cov-report=term")
MIDDLEWARE = [*shapes.MIDDLEWARE, "wrapping"]
PLAIN = [name for name in constant("choices", "FEATURES") if name != "openapi"]  # Python, that is
FILES = [*MIDDLEWARE, *PLAIN, *constant("types", "MODULES")]
KINDS = ["cuts", "repeats", "wiring"]  # what holds for all of the files
START = {
    "gunicorn": ["gunicorn"],
    "uwsgi": ["uwsgi", "uwsgi.ini"],
    "waitress": [sys.executable, "serve.py"],
    "granian": [sys.executable, "serve.py"],
}


@shared
def everything() -> Project:
    """A project with all optional files, and with the deep tests among its own."""
    project = generate(**shapes.SHAPES["everything"])
    add_deep_tests(project, *deep_tests(project), *KINDS)
    return project


@shared
def with_server(name: str, *middleware: str) -> Project:
    return generate(server=name, middleware=list(middleware))


def test_every_optional_file_has_a_short_test_and_a_deep_one() -> None:
    for name in FILES:
        short = f"test_middleware_{name}.py" if name in MIDDLEWARE else f"test_{name}.py"
        assert len(everything().read(f"tests/{short}").splitlines()) <= 45
        assert (INSIDE / f"deep_{name}.py").is_file()


@pytest.mark.parametrize("name", [*FILES, *KINDS])
def test_a_deep_test_passes(name: str) -> None:
    done = run_tests(everything(), f"tests/test_deep_{name}.py")
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_deep_tests_cover_every_line_and_branch() -> None:
    project = everything()
    folder = f"src/{project.package}"
    files = [f"tests/test_deep_{name}.py" for name in FILES]
    done = run_tests(project, "-p", "pytest_cov", *COVERAGE, *files)
    for name in FILES:
        path = f"{folder}/{'middleware/' if name in MIDDLEWARE else ''}{name}.py"
        [line] = [line for line in done.stdout.splitlines() if line.startswith(f"{path} ")]
        assert line.endswith(" 100%"), line


# Settings that cannot work


@pytest.mark.parametrize(
    "variable, value",
    [
        *(
            ("TRUSTED_HOSTS", value)
            for value in ("localhost:8000", "*", "https://x", ".x", "::1", "b\u00fccher.example")
        ),
        *(
            ("ALLOWED_ORIGINS", value)
            for value in (
                "https://Example.org",
                "https://example.org:443",
                "http://example.org:80",
                "https://example.org/",
                "example.org",
                "null",
            )
        ),
        *(("LOG_FORMAT", value) for value in ("JSON", "xml", " ")),
        *(("TRUSTED_PROXIES", value) for value in ("-1", "10", "all", "1.0")),
    ],
)
def test_a_setting_that_cannot_work_stops_the_start(variable: str, value: str) -> None:
    done = python(everything(), "-c", "import sample", **{variable: value})
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"ValueError: {variable} ")
    assert repr(value) in said


def test_a_list_without_a_host_stops_the_start() -> None:
    done = python(everything(), "-c", "import sample", TRUSTED_HOSTS=",")
    assert "ValueError: TRUSTED_HOSTS cannot be ''" in done.stderr


def test_the_example_of_the_settings_starts(tmp_path: Path) -> None:
    lines = everything().read(".env.example").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    assert values.pop("PORT")
    done = python(everything(), "-c", "import sample", **values)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "name, variable, value",
    [
        *((name, "PORT", "99999") for name in START),
        *((name, "WEB_CONCURRENCY", "0") for name in START if name != "waitress"),  # one process
    ],
)
def test_a_number_that_cannot_work_stops_a_server(
    name: str, variable: str, value: str, tmp_path: Path
) -> None:
    environment = {"PORT": str(free_port()), "PYTHONPATH": "src", variable: value}
    folder, log = with_server(name).path, tmp_path / "log"
    with started(START[name], folder, log, **environment) as process:
        assert process.wait(20)
    assert f"{variable} must be a number from" in log.read_text()


@pytest.mark.parametrize("name", START)
@pytest.mark.parametrize(
    "host", ["localhost:8000", "http://localhost", "exa mple", "no-such-host.invalid"]
)
def test_a_host_that_cannot_work_stops_a_server(name: str, host: str, tmp_path: Path) -> None:
    """uWSGI would listen on all addresses, and gunicorn try again and again."""
    environment = {"PORT": str(free_port()), "PYTHONPATH": "src", "HOST": host}
    folder, log = with_server(name).path, tmp_path / "log"
    with started(START[name], folder, log, **environment) as process:
        assert process.wait(20)
    assert "HOST must be " in log.read_text()
    assert host in log.read_text()


@pytest.mark.parametrize("name", START)
def test_a_setting_that_cannot_work_stops_a_server(name: str, tmp_path: Path) -> None:
    """granian would start its processes again and again."""
    environment = {"PORT": str(free_port()), "PYTHONPATH": "src", "TRUSTED_HOSTS": "*"}
    folder, log = with_server(name, "trusted_hosts").path, tmp_path / "log"
    with started(START[name], folder, log, **environment) as process:
        assert process.wait(20)
    assert "TRUSTED_HOSTS cannot be '*'" in log.read_text()


@pytest.mark.parametrize("name", ["granian", "waitress"])
def test_an_argument_is_not_ignored(name: str, tmp_path: Path) -> None:
    environment = {"PORT": str(free_port()), "PYTHONPATH": "src"}
    folder, log = with_server(name).path, tmp_path / "log"
    with started([*START[name], "9000"], folder, log, **environment) as process:
        assert process.wait(20)
    assert "instead of arguments such as '9000'" in log.read_text()


# Where a server listens


@pytest.mark.long
@pytest.mark.parametrize("name", START)
@pytest.mark.parametrize(
    "host, address", [("::1", "::1"), ("[::1]", "::1"), ("localhost", "127.0.0.1")]
)
def test_every_server_takes_the_same_hosts(
    name: str, host: str, address: str, tmp_path: Path
) -> None:
    port = free_port()
    environment = {"HOST": host, "PORT": str(port), "WEB_CONCURRENCY": "1", "PYTHONPATH": "src"}
    folder, log = with_server(name).path, tmp_path / "log"
    with listening(START[name], folder, log, port, address, **environment):
        assert until(lambda: status(port, host=address) == 200, 20), log.read_text()


def test_a_worker_that_is_killed_does_not_end_the_service(tmp_path: Path) -> None:
    port, project = free_port(), with_server("granian")
    environment = {"PORT": str(port), "WEB_CONCURRENCY": "1", "PYTHONPATH": "src"}
    with listening(START["granian"], project.path, tmp_path / "log", port, **environment) as server:
        assert until(lambda: status(port) == 200, 20)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        assert until(lambda: status(port) == 200, 20), (tmp_path / "log").read_text()
        assert server.poll() is None


def status(port: int, method: str = "GET", path: str = "/", host: str = "127.0.0.1") -> int:
    """The status of a response, or 0 if there is none."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        response.read()  # a client that closes early makes it broken off
        return response.status
    except OSError:
        return 0
    finally:
        connection.close()


# The access log of every server


@pytest.mark.parametrize("name", START)
def test_a_request_is_logged_at_once_with_its_address_and_its_end(
    name: str, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    environment = {"PORT": str(port), "WEB_CONCURRENCY": "1", "PYTHONPATH": "src"}
    folder = with_server(name, "access_log").path
    expected = [
        rf"127\.0\.0\.1 {method} /notes 200 [0-9]+ bytes [0-9.]+ ms - complete"
        for method in ("GET", "HEAD")
    ]

    def seen(line: str) -> bool:
        return re.search(line, log.read_text()) is not None

    with listening(START[name], folder, log, port, **environment):
        assert until(lambda: status(port, "GET", "/notes") == 200, 20)
        assert status(port, "HEAD", "/notes") == 200
        for line in expected:
            assert until(partial(seen, line), 5), log.read_text()


def test_gunicorn_has_the_settings_of_its_file_and_needs_no_home() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config"],
        cwd=with_server("gunicorn").path,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    settings = dict(re.findall(r"(?m)^(\w+) += (.*)$", done.stdout))
    expected = {
        "bind": "['127.0.0.1:8000']",
        "control_socket_disable": "True",
        "graceful_timeout": "30",
        "threads": "4",
        "timeout": "30",
        "workers": "2",
    }
    assert {name: settings[name] for name in expected} == expected
