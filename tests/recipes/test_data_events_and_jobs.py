"""More recipes: each one followed in a new project, tested there, and run."""

import gzip
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import apig_wsgi
import brotli
import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from harness import postgres, recipes
from harness.living import Living
from harness.projects import python, run_tests
from harness.recipes import assert_sound, project, served
from harness.serving import started, until

pytestmark = pytest.mark.long


def saved(url: str, count: int) -> list[str]:
    """Create things from several clients at once, and return their locations."""

    def create(number: int) -> str:
        response = requests.post(url, json={"text": f"text {number}"}, timeout=30)
        assert response.status_code == 201, response.text
        return response.headers.get("Location", "")

    with ThreadPoolExecutor(8) as clients:
        return list(clients.map(create, range(count)))


# SQLite

FILE = "database.sqlite3"


@pytest.fixture(scope="module")
def with_sqlite() -> Living:
    return project("sqlite", server="gunicorn")


def test_sqlite_is_sound(with_sqlite: Living) -> None:
    assert_sound(with_sqlite)
    assert not list(with_sqlite.path.rglob("*.sqlite3*"))


def test_sqlite_keeps_what_many_clients_write_at_once(with_sqlite: Living, tmp_path: Path) -> None:
    with served(with_sqlite, "gunicorn", STATE_DIRECTORY=str(tmp_path)) as url:
        assert len(set(saved(f"{url}/memos", 100))) == 100
    with served(with_sqlite, STATE_DIRECTORY=str(tmp_path)) as url:  # another server finds them
        assert requests.get(f"{url}/memos/100").json()["id"] == 100
        assert requests.get(f"{url}/memos/101").status_code == 404
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        assert database.execute("SELECT count(*) FROM memo").fetchall() == [(100,)]
        assert database.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_sqlite_is_migrated_once_by_workers_that_start_together(
    with_sqlite: Living, tmp_path: Path
) -> None:
    environment = {"PYTHONPATH": "src", "STATE_DIRECTORY": str(tmp_path)}
    start = [sys.executable, "-c", "import my_app"]
    workers = [subprocess.Popen(start, cwd=with_sqlite.path, env=environment) for _ in range(6)]
    assert [worker.wait(60) for worker in workers] == [0] * 6
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        assert database.execute("PRAGMA user_version").fetchall() == [(1,)]


def test_sqlite_migrates_all_or_nothing(with_sqlite: Living, tmp_path: Path) -> None:
    file = tmp_path / FILE
    tag = "CREATE TABLE tag (memo_id INTEGER NOT NULL REFERENCES memo, name TEXT NOT NULL) STRICT"
    for added, version in ([], 1), ([tag, "CREATE TABLE wrong"], 1), ([tag], 2):
        code = f"from my_app import database as d; d.MIGRATIONS += {added}; d.migrate()"
        done = python(with_sqlite.project, "-c", code, STATE_DIRECTORY=str(tmp_path))
        assert (done.returncode == 0) == ("CREATE TABLE wrong" not in added), done.stderr
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA user_version").fetchall() == [(version,)]
    code = (
        "from my_app import database as d; d.connection().execute('INSERT INTO tag VALUES (9, 9)')"
    )
    done = python(with_sqlite.project, "-c", code, STATE_DIRECTORY=str(tmp_path))
    assert "FOREIGN KEY constraint failed" in done.stderr


# PostgreSQL


@pytest.fixture(scope="module")
def with_postgresql() -> Living:
    return project("postgresql", server="uwsgi")  # it forks after the import


def test_postgresql_is_sound(
    with_postgresql: Living, postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.execute("CREATE DATABASE my_app_test")
    monkeypatch.setenv("TEST_DATABASE_URL", postgresql.url("my_app_test"))
    monkeypatch.setenv("DATABASE_URL", "postgresql:///real")
    assert_sound(with_postgresql)


def test_postgresql_keeps_what_many_clients_write_at_once(
    with_postgresql: Living, postgresql: postgres.Server
) -> None:
    postgresql.execute("CREATE DATABASE my_app")
    environment = {"DATABASE_URL": postgresql.url("my_app")}
    with served(with_postgresql, "uwsgi", "uwsgi.ini", **environment) as url:
        assert len(set(saved(f"{url}/memos", 100))) == 100
        postgresql.restart()
        assert requests.get(f"{url}/memos/100").json()["id"] == 100
        assert requests.get(f"{url}/memos/101").status_code == 404
        assert requests.get(f"{url}/memos/{'9' * 19}").status_code == 404
    assert postgresql.execute("SELECT count(*) FROM memo", "my_app") == [(100,)]
    assert postgresql.execute("SELECT number FROM migration", "my_app") == [(1,)]


def test_postgresql_is_migrated_once_by_workers_that_start_together(
    with_postgresql: Living, postgresql: postgres.Server
) -> None:
    postgresql.execute("CREATE DATABASE together")
    environment = {"PYTHONPATH": "src", "DATABASE_URL": postgresql.url("together")}
    start = [sys.executable, "-c", "import my_app"]
    workers = [subprocess.Popen(start, cwd=with_postgresql.path, env=environment) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert postgresql.execute("SELECT number FROM migration", "together") == [(1,)]


# Events

LISTEN = """
import threading
from my_app import hub

def listen(listening):
    got.append([next(listening) for _ in range(401)][1:])

def publish():
    for number in range(100):
        hub.publish("news", str(number))

got = []
listening = [hub.listen() for _ in range(20)]
threads = [threading.Thread(target=listen, args=[each]) for each in listening]
threads += [threading.Thread(target=publish) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ids = [f"id: {hub._run}.{number}" for number in range(1, 401)]
assert len(got) == 20
assert all([event.decode().splitlines()[1] for event in each] == ids for each in got)

hub.HEARTBEAT = 0.01
assert next(listening[0]) == b":\\n\\n"
"""


class Listener:
    """A client of an event stream, as far as it has read it."""

    def __init__(self, url: str, last_id: str = "") -> None:
        self.connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
        self.connection.request("GET", "/news", headers={"Last-Event-ID": last_id})
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        self.last_id = last_id

    def event(self) -> dict[str, str]:
        """Return the next event; comments are none, and the begin of a stream is none."""
        while (found := self.block()).get("event", "begin") == "begin":
            self.last_id = found.get("id", self.last_id)
        return found

    def block(self) -> dict[str, str]:
        """Return the fields up to the next blank line; a comment has none."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            name, _, value = line.rstrip("\n").partition(":")
            if line == "\n":
                return fields
            fields |= {name: value.removeprefix(" ")} if name else {}
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture(scope="module")
def with_events() -> Living:
    return project("events", "lambda", server="gunicorn")


def test_events_and_lambda_are_sound(with_events: Living) -> None:
    printed = assert_sound(with_events, "-v")
    for name in ("news", "aws"):
        assert f"tests/test_{name}.py" in printed


def test_events_arrive_in_order_and_once(with_events: Living) -> None:
    done = python(with_events.project, "-c", LISTEN)
    assert done.returncode == 0, done.stderr


def test_events_arrive_and_are_caught_up_with(with_events: Living) -> None:
    made = with_events.copy()
    [line] = re.findall(
        "write `(workers, .+?)` at the end of `gunicorn.conf.py`", recipes.page("events")
    )
    made.write("gunicorn.conf.py", f"{made.project.read('gunicorn.conf.py')}{line}\n")
    environment = {"WEB_CONCURRENCY": "2", "GUNICORN_CMD_ARGS": "--graceful-timeout 1"}

    def send(text: str) -> None:
        assert requests.post(f"{url}/news", json={"text": text}).status_code == 201

    with served(made, "gunicorn", **environment) as url:
        listeners = [Listener(url) for _ in range(20)]
        send("one")
        first = [listener.event() for listener in listeners]
        assert first == [{"event": "news", "id": first[0]["id"], "data": '{"text": "one"}'}] * 20
        for listener in listeners:
            listener.close()
        send("two")
        send("three")
        with closing(Listener(url, first[0]["id"])) as again:
            send("four")
            got = [again.event()["data"] for _ in range(3)]
        assert got == ['{"text": "two"}', '{"text": "three"}', '{"text": "four"}']
        with closing(Listener(url)) as new:  # which sees no event before the restart
            while not new.last_id:
                new.last_id = new.block().get("id", "")
    with served(made, "gunicorn", **environment) as url:
        for last_id in (first[0]["id"], new.last_id):
            with closing(Listener(url, last_id)) as again:
                assert again.event()["event"] == "reset"


# Another service, to which projects send something


class Service(ThreadingHTTPServer):
    """Takes what is sent to it, and answers with these statuses, then with 200."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.statuses = list(statuses)
        self.taken: list[tuple[str, bytes]] = []
        self.open = Event()
        self.open.set()

    def __enter__(self) -> "Service":
        Thread(target=self.serve_forever, args=[0.05]).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.open.set()
        self.shutdown()
        self.server_close()

    def bodies(self, path: str) -> list[bytes]:
        return [body for taken, body in self.taken if taken.startswith(path)]


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Service)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.open.wait(20)
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if encoding := self.headers["Content-Encoding"]:
            body = {"br": brotli, "gzip": gzip}[encoding].decompress(body)
        self.server.taken.append((self.path, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *values: object) -> None:
        """Be quiet."""


# Sentry, OpenTelemetry and Prometheus


@pytest.fixture(scope="module")
def watched() -> Living:
    return project("sentry", "opentelemetry", "prometheus", server="gunicorn")


def test_a_watched_project_is_sound(watched: Living) -> None:
    printed = assert_sound(watched, "-v")
    for name in ("sentry", "telemetry", "metrics"):
        assert f"tests/test_{name}.py" in printed


def test_sentry_opentelemetry_and_prometheus_see_an_exception(
    watched: Living, tmp_path: Path
) -> None:
    made = watched.copy()
    fails = "    raise RuntimeError('out of paper')\n    return "
    made.edit("src/my_app/handlers/home.py", "    return ", fails)
    with Service() as service:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": service.url,
            "OTEL_SERVICE_NAME": "my-app",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
            "SENTRY_DSN": service.url.replace("//", "//key@") + "/1",
            "WEB_CONCURRENCY": "2",
        }
        with served(made, "gunicorn", **environment) as url:
            headers = {"Cookie": "a=secret-1", "Authorization": "Bearer secret-2"}
            assert requests.get(f"{url}/", headers=headers).status_code == 500
            for number in range(20):  # by one worker or the other
                assert requests.get(f"{url}/notes/{number}").status_code == 200
            metrics = requests.get(f"{url}/metrics").text
        reported = b"".join(service.bodies("/api/1/envelope"))
        spans = [span for body in service.bodies("/v1/traces") for span in spans_in(body)]
    count = 'http_request_duration_seconds_count{method="GET",route="%s",status="%s"} %s'
    assert count % ("/notes/{note_id}", "200", "20.0") in metrics
    assert count % ("/", "500", "1.0") in metrics
    assert reported.count(b'"out of paper"') == 1
    assert b"secret-" not in reported and b"HTTP_COOKIE" not in reported
    names = Counter(span.name for span in spans)
    assert names == {"GET /": 1, "GET /notes/{note_id}": 20, "GET /metrics": 1}
    [failed] = [span for span in spans if span.name == "GET /"]
    [event] = failed.events
    attributes = {each.key: each.value.string_value for each in event.attributes}
    assert attributes["exception.message"] == "out of paper"
    assert "in home" in attributes["exception.stacktrace"]


def spans_in(body: bytes) -> list[Span]:
    sent = ExportTraceServiceRequest.FromString(body)
    scopes = [scope for resource in sent.resource_spans for scope in resource.scope_spans]
    return [span for scope in scopes for span in scope.spans]


# AWS Lambda

INVOKE = """
import json, sys
sys.path.insert(0, "build")
from my_app.aws import handler
print(json.dumps(handler(json.load(sys.stdin), None)))
"""


def test_lambda_needs_only_what_the_archive_contains(with_events: Living) -> None:
    made = with_events.copy()
    build = made.path / "build"
    shutil.copytree(made.project.source, build / "my_app")
    shutil.copytree(Path(apig_wsgi.__file__).parent, build / "apig_wsgi")
    event = {
        "version": "2.0",
        "rawPath": "/news",
        "rawQueryString": "",
        "headers": {"host": "example.com", "content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
        },
        "body": '{"text": "Buy milk"}',
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", INVOKE],
        cwd=made.path,
        input=json.dumps(event),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["statusCode"] == 201
    assert json.loads(result["body"]) == {"text": "Buy milk"}


# Background jobs, and a queue


@pytest.fixture(scope="module")
def with_jobs() -> Living:
    return project("jobs", server="gunicorn")


@pytest.fixture(scope="module")
def with_queue(with_jobs: Living) -> Living:
    made = with_jobs.copy()
    recipes.apply(made, "queue")
    return made


def test_jobs_need_no_queue(with_jobs: Living) -> None:
    done = run_tests(with_jobs.project, "tests/test_orders.py", "tests/test_jobs.py")
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_queue_is_sound(with_queue: Living) -> None:
    assert_sound(with_queue)
    assert not list(with_queue.path.rglob("*.sqlite3*"))


def test_jobs_run_after_the_response_and_before_the_end(with_jobs: Living) -> None:
    with Service() as service:
        service.open.clear()
        with served(with_jobs, "gunicorn", WEBHOOK_URL=service.url) as url:
            saved(f"{url}/orders", 20)
            assert service.taken == []
            service.open.set()
        orders = sorted(json.loads(body)["text"] for body in service.bodies("/"))
        assert orders == sorted(f"text {number}" for number in range(20))


def test_a_queue_outlives_the_server_and_tries_again(with_queue: Living, tmp_path: Path) -> None:
    made = with_queue.copy()
    made.edit("src/my_app/tasks.py", "retry_delay=600", "retry_delay=0")
    with Service(500, 503) as service:
        environment = {"STATE_DIRECTORY": str(tmp_path), "WEBHOOK_URL": service.url}
        with served(made, "gunicorn", **environment) as url:
            saved(f"{url}/orders", 20)
        assert service.taken == []
        words = ["huey_consumer", "my_app.tasks.huey", "-w", "4"]
        with started(words, made.path, tmp_path / "log", PYTHONPATH="src", **environment):
            assert until(lambda: len(service.taken) == 22, 20), (tmp_path / "log").read_text()
    assert len({body for _, body in service.taken}) == 20
