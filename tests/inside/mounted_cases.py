"""Applications of real frameworks beside the routes of a project, in process and served.

tests/project/test_mount.py runs this in a generated project, with mounted.py beside.
"""

import email.message
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from wsgiref.validate import validator

import mounted
import pytest
import requests

HERE = str(Path(__file__).parent)
NAMES = ["flask", "django", "bottle", "fastapi"]
COMMANDS = {
    "gunicorn": ["gunicorn", "--threads", "4", "-b", "127.0.0.1:{port}", "mounted:chosen"],
    "waitress": ["waitress", "--listen=127.0.0.1:{port}", "mounted:chosen"],
}


class InProcess(requests.adapters.BaseAdapter):
    """Lets `requests` speak to an application without a network."""

    def __init__(self, application: Any) -> None:
        super().__init__()
        self.application = application

    def send(self, request: Any, **options: Any) -> Any:
        path, _, query = request.path_url.partition("?")
        sent = request.body or b""
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": requests.utils.unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent.encode() if isinstance(sent, str) else sent),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        started: list[Any] = []
        # The checker wants a Content-Type in a redirect without a body, which Starlette leaves out.
        checked = self.application if "/fastapi" in path else validator(self.application)
        body = checked(environ, lambda *head: started.append(head) or started.append)
        content = b"".join(body)
        getattr(body, "close", lambda: None)()
        status, headers, *_ = started[0]
        response = requests.Response()
        response.status_code, response.request, response.url = int(status[:3]), request, request.url
        raw = requests.packages.urllib3.HTTPResponse(
            io.BytesIO(content), headers, int(status[:3]), preload_content=False
        )
        raw._original_response = as_http_client_has_them(headers)
        response.raw, response.headers = raw, requests.structures.CaseInsensitiveDict(raw.headers)
        return response

    def close(self) -> None:
        pass


def as_http_client_has_them(headers: list[tuple[str, str]]) -> Any:
    """Return the headers where `requests` looks for cookies."""
    message = email.message.Message()
    for name, value in headers:
        message[name] = value
    return SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Open = Callable[[str], tuple[requests.Session, str]]


@pytest.fixture(scope="module", params=["in process", *COMMANDS])
def at(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Return what opens a session with an application, and the URL in front of its paths."""

    def open(name: str) -> tuple[requests.Session, str]:
        session = requests.Session()
        session.trust_env = False
        session.headers["X-Application"] = name
        if request.param == "in process":
            session.mount("http://", InProcess(getattr(mounted, name)))
            return session, "http://127.0.0.1"
        return session, f"http://127.0.0.1:{port}"

    if request.param == "in process":
        yield open
        return
    port = free_port()
    words = [word.format(port=port) for word in COMMANDS[request.param]]
    environment = {**os.environ, "PYTHONPATH": f"{HERE}:{HERE}/../src"}
    process = subprocess.Popen([sys.executable, "-m", *words], env=environment, cwd=HERE)
    try:
        end = time.monotonic() + 60
        while not listens(port):
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.05)
        yield open
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.mark.parametrize("name", NAMES)
def test_a_redirect_and_a_cookie_lead_back_under_the_prefix(at: Open, name: str) -> None:
    session, url = at("application")
    sent = {"X-Request-ID": "7f3a"}
    got = session.post(f"{url}/{name}/login", data={"user": mounted.USER}, headers=sent, timeout=40)
    assert (got.status_code, got.url) == (200, f"{url}/{name}/me")
    assert got.text == f"{mounted.USER} 7f3a"
    assert got.history[0].is_redirect
    assert got.headers["X-Request-ID"] == "7f3a"
    assert got.headers["Referrer-Policy"]


@pytest.mark.parametrize("name", NAMES)
def test_the_root_of_a_mounted_application_is_the_prefix(at: Open, name: str) -> None:
    session, url = at("application")
    for path in (f"/{name}", f"/{name}/"):
        got = session.get(url + path, timeout=40)
        assert (got.status_code, got.text) == (200, f"/{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_long_text_is_compressed(at: Open, name: str) -> None:
    session, url = at("application")
    got = session.get(f"{url}/{name}/long", timeout=40)
    assert (got.headers["Content-Encoding"], got.text) == ("gzip", mounted.WORD)
    plain = session.get(f"{url}/{name}/long", headers={"Accept-Encoding": "identity"}, timeout=40)
    assert ("Content-Encoding" in plain.headers, plain.text) == (False, mounted.WORD)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_arrives(at: Open, name: str) -> None:
    session, url = at("application")
    assert session.get(f"{url}/{name}/stream", timeout=40).text == "a\nb\n"


@pytest.mark.parametrize("name", ["flask", "django", "bottle"])  # FastAPI has no HEAD
def test_head_of_a_mounted_application_has_no_body(at: Open, name: str) -> None:
    session, url = at("application")
    got = session.head(f"{url}/{name}/long", timeout=40)
    assert (got.status_code, got.content) == (200, b"")


@pytest.mark.parametrize("name", NAMES)
def test_what_the_mounted_application_does_not_have_is_its_404(at: Open, name: str) -> None:
    session, url = at("application")
    got = session.get(f"{url}/{name}/none", timeout=40)
    assert got.status_code == 404
    assert got.headers["Content-Type"] != "application/problem+json"


def test_the_routes_of_the_project_still_match(at: Open) -> None:
    session, url = at("application")
    assert session.get(f"{url}/notes/7", timeout=40).json()["note_id"] == 7
    assert session.get(f"{url}/flaskish", timeout=40).json()["status"] == 404


def test_a_preflight_names_the_methods_of_the_routes_and_flask(at: Open) -> None:
    session, url = at("application")
    sent = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    for path in ("/notes", "/flask/login"):
        got = session.options(url + path, headers=sent, timeout=40)
        assert "POST" in got.headers["Access-Control-Allow-Methods"]


def test_another_host_is_refused(at: Open) -> None:
    session, url = at("application")
    got = session.get(f"{url}/flask/", headers={"Host": "evil.example"}, timeout=40)
    assert got.status_code == 400


def test_the_old_application_gets_paths_without_a_route(at: Open) -> None:
    session, url = at("with_fallback")
    assert session.get(f"{url}/notes/7", timeout=40).json()["handler"] == "show_note"
    assert session.delete(f"{url}/notes", timeout=40).text == "deleted by flask"
    got = session.post(
        f"{url}/login", data={"user": "Zoe"}, headers={"X-Request-ID": "1"}, timeout=40
    )
    assert got.url == f"{url}/me"


def test_an_old_application_can_hold_this_one(at: Open) -> None:
    session, url = at("old")
    assert session.get(f"{url}/", timeout=40).text == "old"
    assert session.get(f"{url}/new/notes/7", timeout=40).json()["note_id"] == 7
    assert session.get(f"{url}/new", timeout=40).status_code == 200
    assert session.get(f"{url}/new/none", timeout=40).json()["status"] == 404
    assert session.get(f"{url}/notes", timeout=40).status_code == 404


@pytest.mark.parametrize("name", ["in_front", "django_in_front"])
def test_an_old_application_can_have_this_one_in_front(at: Open, name: str) -> None:
    session, url = at(name)
    assert session.get(f"{url}/notes/7", timeout=40).json()["note_id"] == 7
    path, text = ("/old", "old") if name == "in_front" else ("/stream", "a\nb\n")
    assert session.get(url + path, timeout=40).text == text


def test_a_session_of_the_old_application_can_be_read(at: Open) -> None:
    session, url = at("both")
    sent = {"X-Request-ID": "7f3a"}
    session.post(f"{url}/flask/login", data={"user": "Zoe"}, headers=sent, timeout=40)
    assert session.get(f"{url}/", timeout=40).json() == {"user": "Zoe"}


def test_a_redirect_can_say_the_prefix(at: Open) -> None:
    session, url = at("both")
    got = session.get(f"{url}/new/x", allow_redirects=False, timeout=40)
    assert got.headers["Location"] == "/new/notes"
