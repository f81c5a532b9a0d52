"""What a client sends is never kept and never repeated beyond 100 characters, whatever it is."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from client import PACKAGE, environ_for, module, run

LONG = "q" * 5_000
METHODS = ["GET", "POST", "OPTIONS", "q" * 200]
HEADERS = [
    *["accept", "accept_encoding", "authorization", "content_encoding", "content_length"],
    *["content_type", "cookie", "expect", "forwarded", "host", "if_match", "if_modified_since"],
    *["if_none_match", "origin", "range", "referer", "transfer_encoding", "user_agent"],
    *["x_forwarded_for", "x_forwarded_host", "x_forwarded_proto", "x_request_id"],
]


def failing(environ: Any) -> Any:
    raise RuntimeError("out of paper")


@pytest.fixture(params=["the project's own routes", "a handler that fails"])
def application(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Everything around the application, with a proxy and an origin that are trusted."""
    if request.param != "the project's own routes":
        monkeypatch.setattr(module("bare"), "find", lambda path: ({"GET": failing}, ()))
    made = import_module(PACKAGE).application
    made = module("middleware.cors").cors(made, ["https://a.example"])
    headers = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"]
    return module("middleware.proxy").proxy(made, 1, headers)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_not_repeated(
    application: Any, name: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    for url in ("/", "/nothing"):
        environ = environ_for(method, url, **{"origin": "https://a.example", name: LONG})
        assert_not_repeated(application, environ, caplog)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("url", [f"/{LONG}", f"/?{LONG}", f"/notes/{LONG}", f"/%FF{LONG}"])
def test_a_url_is_not_repeated(
    application: Any, url: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert_not_repeated(application, environ_for(method, url), caplog)


def assert_not_repeated(application: Any, environ: Any, caplog: pytest.LogCaptureFixture) -> None:
    got = run(application, environ)
    logs = caplog.text + environ["wsgi.errors"].getvalue()
    assert "q" * 101 not in got.body.decode() + str(got.headers) + logs


def test_nothing_is_cached() -> None:
    """A cache would have to be bounded in bytes, not only in entries."""
    folder = Path(str(import_module(PACKAGE).__file__)).parent
    files = [file.relative_to(folder.parent) for file in folder.rglob("[a-z]*.py")]
    names = [".".join(file.with_suffix("").parts) for file in files]
    found = [
        f"{name}.{key}"
        for name in names
        for key, value in vars(import_module(name)).items()
        if hasattr(value, "cache_info")
    ]
    assert f"{PACKAGE}.middleware.proxy" in names
    assert found == []
