"""docs/deploy.md: its files are valid, and no request is lost where it says so."""

import configparser
import re
import shlex
import signal
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

import kubernetes_validate
import pytest
import yaml

from harness import debian
from harness.commands import commands
from harness.nginx import Nginx, connect, front
from harness.projects import ROOT, Project, generate, run
from harness.serving import free_port, listening, running, until, with_version

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
ROUTES = "GET /healthz text healthz; POST /notes json>json create_note"
JSON = {"Content-Type": "application/json"}
HEALTH = """
from .. import request, response


def healthz(environ: request.Environ) -> response.Response:
    return response.text("VERSION")
"""


def block(language: str) -> str:
    [shown] = re.findall(rf"(?s)```{language}\n(.*?)```", PAGE)
    return shown


@cache
def make(server: str) -> Project:
    return generate(server=server, routes=ROUTES, middleware=["proxy", "trusted_hosts"])


@pytest.fixture(scope="module")
def project() -> Project:
    """A project in which the programs of its server are where `uv sync` puts them.

    Not one that `make` keeps: a worker can set this up twice, if its tests are not in a row.
    """
    made = make.__wrapped__("gunicorn")
    (made.path / ".venv").mkdir()
    (made.path / ".venv" / "bin").symlink_to(sysconfig.get_path("scripts"))
    return made


def answer(connection: HTTPConnection, method: str, path: str, **options: object) -> str:
    """The method and the status, or how the request failed."""
    with closing(connection):
        try:
            connection.request(method, path, **options)  # type: ignore[arg-type]
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException) as error:
            return f"{method} {error!r}"
        return f"{method} {response.status}"


@contextmanager
def no_request_is_lost(connection: Callable[[], HTTPConnection]) -> Iterator[None]:
    """Four clients get and post until the end of the block, each time on a new connection."""
    seen: Counter[str] = Counter()
    stop = Event()

    def client() -> None:
        while not stop.wait(0.05):  # so that the servers get some of the processor
            seen[answer(connection(), "GET", "/healthz")] += 1
            seen[answer(connection(), "POST", "/notes", body=b"{}", headers=JSON)] += 1

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client) for _ in range(4)]
        try:
            assert until(lambda: seen.total() > 8, 20)  # all of them are at work
            yield
            assert until(lambda: seen.total() > 40, 20)
        finally:
            stop.set()
    assert [one.result() for one in clients] == [None] * 4
    assert set(seen) == {"GET 200", "POST 200"}, seen


# systemd


def unit(project: Project) -> str:
    return block("ini").replace("/srv/sample", str(project.path))


@contextmanager
def serving(project: Project, port: int, **environment: str) -> Iterator[None]:
    """Run what the unit runs, in the environment that it sets."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(unit(project).replace("%i", str(port)))
    service, log = parser["Service"], project.path / f"{port}.log"
    environment |= {"PYTHONPATH": "src", **dict([service["Environment"].split("=")])}
    with listening(shlex.split(service["ExecStart"]), project.path, log, port, **environment):
        yield


def test_the_unit_is_one_that_systemd_accepts(
    project: Project, tmp_path: Path, systemd: str
) -> None:
    (tmp_path / "sample@.service").write_text(unit(project), "utf-8")
    done = run(tmp_path, systemd, "verify", "./sample@8001.service")
    assert done.returncode == 0 and "sample@" not in done.stderr, done.stderr


def test_uv_has_the_options_of_the_page() -> None:
    [line] = [line for line in commands(PAGE) if "uv sync" in line]
    known = run(ROOT, f"{sysconfig.get_path('scripts')}/uv", "sync", "--help").stdout
    assert [option for option in re.findall(r"--[\w-]+", line) if option not in known] == []


# Several processes


@pytest.mark.usefixtures("nginx")
def test_no_request_is_lost_while_each_of_three_servers_restarts(project: Project) -> None:
    ports = {number: free_port() for number in (8001, 8002, 8003)}
    shown = commands(PAGE.partition("## Several processes")[2])[:3]
    with front(block("nginx"), ports) as nginx, ExitStack() as all_of_them:
        servers = {port: all_of_them.enter_context(ExitStack()) for port in ports.values()}
        for port, server in servers.items():
            server.enter_context(serving(project, port, WEB_CONCURRENCY="1"))
        with no_request_is_lost(lambda: connect(nginx.port)):
            for port, server in servers.items():
                down, restart, up = (line.replace("8001", str(port)) for line in shown)
                control(nginx, down)
                assert restart == f"systemctl restart sample@{port}"
                server.close()
                server.enter_context(serving(project, port, WEB_CONCURRENCY="1"))
                control(nginx, up)


def control(nginx: Nginx, command: str) -> None:
    """Run a command of the page, in which nginx and its configuration are those of the test."""
    file = nginx.folder / "nginx.conf"
    before, command = file.read_text("utf-8"), re.sub(r"/etc/nginx/\S+", str(file), command)
    options = f"-p {nginx.folder} -c nginx.conf -e stderr"
    script = f'nginx() {{ {debian.command("nginx")} {options} "$@"; }}\n{command}'
    done = run(nginx.folder, "bash", "-ec", script)
    assert done.returncode == 0, done.stderr
    assert file.read_text("utf-8") != before


# New code without a lost request


@pytest.mark.parametrize("name", ["gunicorn gthread", "granian"], ids=with_version)
def test_no_request_is_lost_while_a_server_takes_new_code(name: str) -> None:
    program = name.split()[0]
    assert re.search(rf"(?i)\| {program} \| `kill -HUP PID` \|", PAGE)
    handler = make(server=program).source / "handlers" / "healthz.py"
    handler.write_text(HEALTH.replace("VERSION", "old"), "utf-8")
    with running(name, make, WEB_CONCURRENCY="1") as server:

        def connection() -> HTTPConnection:
            return HTTPConnection("127.0.0.1", server.port, timeout=10)

        def version() -> str:
            with closing(connection()) as one:
                one.request("GET", "/healthz")
                return one.getresponse().read().decode()

        assert version() == "old"
        with no_request_is_lost(connection):
            handler.write_text(HEALTH.replace("VERSION", "newer"), "utf-8")
            server.process.send_signal(signal.SIGHUP)
            assert until(lambda: {version() for _ in range(10)} == {"newer"}, 20)


# Kubernetes


def test_the_objects_are_ones_that_kubernetes_accepts() -> None:
    for document in yaml.safe_load_all(block("yaml")):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_the_objects_fit_each_other_and_the_project(project: Project) -> None:
    deployment, balancer = (one["spec"] for one in yaml.safe_load_all(block("yaml")))
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"] == labels == balancer["selector"]
    [container] = deployment["template"]["spec"]["containers"]
    assert container["ports"] == [{"name": "http", "containerPort": 8000}]
    probe = container["readinessProbe"]["httpGet"]
    assert probe["port"] == balancer["ports"][0]["targetPort"] == "http"
    environment = {one["name"]: one["value"] for one in container["env"]}
    assert environment.pop("HOST") == "0.0.0.0"  # the test stays on this machine
    port = free_port()
    with serving(project, port, **environment):
        for headers, right in ((probe["httpHeaders"], "GET 200"), ([], "GET 400")):
            named = {header["name"]: header["value"] for header in headers}
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            assert answer(connection, "GET", probe["path"], headers=named) == right
