"""The middleware around the application, as ``__init__.py`` wraps it."""

import json
import logging
from importlib import import_module, reload
from io import StringIO
from typing import Any

import pytest
from client import PACKAGE, Response, environ_for, module, run

application: Any = import_module(module("config").__name__.partition(".")[0]).application
LOG = module("middleware.access_log").logger


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put a handler in the place of the routes, and show what it sees."""
    seen: dict[str, Any] = {}
    response = module("response")

    def handler(environ: Any) -> Any:
        seen.update(environ)
        headers = [module("middleware.etags").etag("v1", weak=True)]
        return response.text("long " * 1000, headers=headers)

    monkeypatch.setattr(import_module(bare()), "find", lambda path: ({"GET": handler}, ()))
    return seen


def bare() -> str:
    """Return the name of the module with the application that is wrapped."""
    inner = application
    while getattr(inner, "__closure__", None):
        cells = dict(zip(inner.__code__.co_freevars, inner.__closure__, strict=True))
        inner = cells["application"].cell_contents
    return str(inner.__module__)


def ask(method: str = "GET", **headers: str) -> Response:
    return run(application, environ_for(method, "/a", **headers))


def test_every_middleware_is_wrapped() -> None:
    names = []
    inner = application
    while getattr(inner, "__closure__", None):
        names.append(inner.__module__.rpartition(".")[2])
        cells = dict(zip(inner.__code__.co_freevars, inner.__closure__, strict=True))
        inner = cells["application"].cell_contents
    # Neither a proxy nor an origin is trusted by default: proxy and cors wrap nothing.
    assert names == [
        "request_id",
        "access_log",
        "security_headers",
        "trusted_hosts",
        "gzip",
        "etags",
    ]


def test_each_middleware_does_its_part() -> None:
    got = ask(accept_encoding="gzip", x_request_id="7f3a")
    assert got.status == 200
    assert got.headers["X-Request-ID"] == "7f3a"
    assert got.headers["Content-Encoding"] == "gzip"
    assert got.headers["Content-Security-Policy"]
    assert ask(if_none_match='W/"v1"').status == 304
    assert ask(host="evil.example").status == 400


def test_the_log_has_the_id_that_is_sent_back_and_counts_what_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    got = ask(accept_encoding="gzip")
    [record] = [vars(record) for record in caplog.records if record.name == LOG.name]
    assert record["request_id"] == got.headers["X-Request-ID"]
    assert record["bytes"] == len(got.body) < 500
    assert logging.getLevelName(record["levelno"]) == "INFO"


def test_the_log_has_the_format_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    package = import_module(PACKAGE)
    with monkeypatch.context() as patch:
        patch.setattr(module("config"), "LOG_FORMAT", "json")
        run(reload(package).application, environ_for("GET", "/a"))
    reload(package)
    assert json.loads(caplog.messages[0])["path"] == "/a"


def test_a_refused_host_is_logged_and_has_every_header(caplog: pytest.LogCaptureFixture) -> None:
    got = ask(host="evil.example", accept_encoding="gzip")
    assert got.headers["Content-Security-Policy"]
    assert got.headers["X-Request-ID"]
    assert [vars(record)["status"] for record in caplog.records] == [400]


def test_a_handler_and_the_log_of_errors_know_the_id(seen: dict[str, Any]) -> None:
    ask(x_request_id="7f3a")
    assert seen["HTTP_X_REQUEST_ID"] == "7f3a"


def test_nothing_of_a_proxy_is_believed_by_default(seen: dict[str, Any]) -> None:
    environ = environ_for("GET", "/a", x_forwarded_for="192.0.2.1", x_forwarded_proto="http")
    run(application, environ | {"REMOTE_ADDR": "10.0.0.1", "wsgi.errors": StringIO()})
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("10.0.0.1", "https")


def test_no_origin_is_allowed_by_default() -> None:
    got = ask(origin="https://example.org")
    assert not [name for name in got.headers.keys() if name.startswith("Access-Control")]
