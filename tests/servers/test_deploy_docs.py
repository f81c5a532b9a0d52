"""docs/deploy.md: its files are valid, and no request is lost where it says so."""

import configparser
import re
import shlex
import signal
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from harness import shapes
from harness.commands import bash, commands
from harness.living import Living, Template
from harness.load import answer, no_request_is_lost
from harness.nginx import connect, front
from harness.projects import ROOT, Project, generate, run
from harness.serving import free_port, listening, running, until, with_version

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
ROUTES = "GET /healthz text healthz; POST /notes json>json create_note"
MIDDLEWARE = ["request_id", "proxy", "trusted_hosts"]
LOAD = ("GET /healthz 200", "POST /notes 200")  # requests, and their statuses
HEALTH = """
from .. import request, response


def healthz(environ: request.Environ) -> response.Response:
    return response.text("VERSION")
"""


def block(language: str) -> str:
    [shown] = re.findall(rf"(?s)```{language}\n(.*?)```", PAGE)
    return shown


def make(server: str) -> Project:
    return generate(server=server, routes=ROUTES, middleware=MIDDLEWARE)


@pytest.fixture(scope="module")
def project() -> Project:
    """A project in which the programs of its server are where `uv sync` puts them."""
    made = make("gunicorn")
    (made.path / ".venv").mkdir()
    (made.path / ".venv" / "bin").symlink_to(sysconfig.get_path("scripts"))
    return made


# What it needs


def test_the_answers_of_the_page_make_what_it_needs() -> None:
    [first, *_] = re.findall(r"(?ms)^\$ (copier update .*?[^\\])$", PAGE)
    words = shlex.split(first.replace("\\\n", ""))
    assert words[:6] == ["copier", "update", "-l", "-r", ":current:", "-d"]
    answers = dict(word.split("=", 1) for word in words[5:] if word != "-d")
    living = Living(Template().path)
    assert living.update(**{name: yaml.safe_load(value) for name, value in answers.items()}) == []
    assert ["GET", "/healthz", "healthz"] in living.served()
    assert {"Dockerfile", "gunicorn.conf.py"} <= set(living.files())


# Behind nginx


def test_the_page_says_of_each_middleware_what_it_is_for_behind_nginx() -> None:
    table = PAGE.partition("## Behind nginx")[2].partition("\n##")[0]
    first = " ".join(re.findall(r"(?m)^\|([^|]*)\|", table))
    assert set(re.findall(r"`(\w+)`", first)) == set(shapes.MIDDLEWARE) - {"mount"}


@pytest.mark.usefixtures("nginx")
def test_nginx_compresses_and_names_requests_as_the_page_says(project: Project) -> None:
    port = free_port()
    [gzip] = re.findall("`(gzip on;[^`]*)`", PAGE)
    [request_id] = re.findall("`(proxy_set_header X-Request-ID [^`]*)`", PAGE)
    end = "    location / {\n"
    shown = block("nginx").replace(end, f"    {gzip}\n{end}        {request_id}\n")
    ports = {number: port for number in (8001, 8002, 8003)}
    with serving(project, port), front(shown, ports) as nginx, closing(connect(nginx.port)) as one:
        headers = {"Accept-Encoding": "gzip", "X-Request-ID": "of-the-client"}
        one.request("GET", "/healthz", headers=headers)
        response = one.getresponse()
        assert response.getheader("Content-Encoding") == "gzip"
        assert "Accept-Encoding" in response.headers.get_all("Vary", [])
        assert re.fullmatch("[0-9a-f]{32}", response.getheader("X-Request-ID", ""))


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


@pytest.mark.long
@pytest.mark.usefixtures("nginx")
def test_no_request_is_lost_while_each_of_three_servers_restarts(project: Project) -> None:
    ports = {number: free_port() for number in (8001, 8002, 8003)}
    shown = commands(PAGE.partition("## Several processes")[2])[:3]
    with front(block("nginx"), ports) as nginx, ExitStack() as all_of_them:
        servers = {port: all_of_them.enter_context(ExitStack()) for port in ports.values()}
        for port, server in servers.items():
            server.enter_context(serving(project, port, WEB_CONCURRENCY="1"))
        with no_request_is_lost(lambda: connect(nginx.port), *LOAD):
            for port, server in servers.items():
                down, restart, up = (line.replace("8001", str(port)) for line in shown)
                nginx.control(down)
                assert restart == f"systemctl restart sample@{port}"
                server.close()
                server.enter_context(serving(project, port, WEB_CONCURRENCY="1"))
                nginx.control(up)


# New code without a lost request


@pytest.mark.long
@pytest.mark.parametrize("name", ["gunicorn gthread", "granian"], ids=with_version)
def test_no_request_is_lost_while_a_server_takes_new_code(name: str) -> None:
    program = name.split()[0]
    assert re.search(rf"(?i)\| {program} \| `kill -HUP PID` \|", PAGE)
    made = make(program)
    handler = made.source / "handlers" / "healthz.py"
    handler.write_text(HEALTH.replace("VERSION", "old"), "utf-8")
    with running(name, lambda server: made, WEB_CONCURRENCY="1") as server:

        def connection() -> HTTPConnection:
            return HTTPConnection("127.0.0.1", server.port, timeout=10)

        def version() -> str:
            with closing(connection()) as one:
                one.request("GET", "/healthz")
                return one.getresponse().read().decode()

        assert version() == "old"
        with no_request_is_lost(connection, *LOAD):
            handler.write_text(HEALTH.replace("VERSION", "newer"), "utf-8")
            server.process.send_signal(signal.SIGHUP)
            assert until(lambda: {version() for _ in range(10)} == {"newer"}, 20)


# A release


def test_a_release_is_what_the_page_says(tmp_path: Path) -> None:
    made = generate(tmp_path, server="gunicorn", routes=ROUTES)
    shown = PAGE.partition("## A release")[2].partition("```\n")[0]
    script = "\n".join(["git init -q", "uv lock -q", "git add -A", *commands(shown)])
    done = bash(made.path, script, "-e")
    assert done.returncode == 0, done.stderr
    assert [file.name for file in made.path.glob("dist/*.whl")] == ["sample-1.0.0-py3-none-any.whl"]
    needed = (made.path / "dist/requirements.txt").read_text("utf-8")
    assert re.findall(r"(?m)^([\w-]+)==", needed) == ["gunicorn"]
    tagged = run(made.path, "git", "show", "v1.0.0:pyproject.toml", "v1.0.0:uv.lock").stdout
    assert tagged.count('version = "1.0.0"') == 2


# Kubernetes


def test_the_pod_is_one_that_a_restricted_namespace_accepts() -> None:
    """The checks of "restricted" in the Pod Security Standards, for what a pod can leave out."""
    pod = next(yaml.safe_load_all(block("yaml")))["spec"]["template"]["spec"]
    for container in pod["containers"]:
        security = container["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {kind for one in pod["volumes"] for kind in one} == {"name", "emptyDir"}


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
        for headers, right in ((probe["httpHeaders"], 200), ([], 400)):
            named = {header["name"]: header["value"] for header in headers}
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            assert answer(connection, "GET", probe["path"], headers=named).endswith(f" {right}")
