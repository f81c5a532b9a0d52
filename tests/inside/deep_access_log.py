"""The access log: a line for each request, after the last byte."""

import importlib
import json
import logging
import re
import sys
from collections.abc import Iterator
from io import BufferedWriter, BytesIO, TextIOWrapper
from typing import Any

import pytest
from client import environ_for, module, run

logs = module("middleware.access_log")
access_log = logs.access_log
response = module("response")
logger = logs.logger
package = logging.getLogger(logs.__name__.partition(".")[0])


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the loggers of the package as they are."""
    monkeypatch.setattr(package, "handlers", [])
    monkeypatch.setattr(logger, "disabled", False)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged, without the time of each line."""
    return [record.getMessage().partition(" ")[2] for record in caplog.records]


def answering(made: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["REQUEST_METHOD"]
        start_response(*made[:2])
        return made[2]

    return application


def test_a_request_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    forged = {"x_forwarded_for": "203.0.113.9", "forwarded": "for=203.0.113.9"}
    environ = environ_for("GET", "/notes?secret=1", x_request_id="7f3a", **forged)
    environ["REMOTE_ADDR"] = "192.0.2.1"
    got = run(access_log(answering(response.text("four"))), environ)
    assert (got.text, got.headers["Content-Length"]) == ("four", "4")
    [record] = caplog.records
    line = record.getMessage()
    expected = r"[0-9-]{10}T[0-9:+-]+ 192.0.2.1 GET /notes 200 4 bytes [0-9.]+ ms 7f3a complete"
    assert re.fullmatch(expected, line)
    names = ("address", "method", "path", "status", "bytes", "request_id", "end")
    fields = ["192.0.2.1", "GET", "/notes", 200, 4, "7f3a", "complete"]
    assert [vars(record)[name] for name in names] == fields


def test_a_line_goes_to_the_server_if_logging_is_not_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    environ = environ_for("GET", "/") | {"REMOTE_ADDR": "::1"}
    run(access_log(answering(response.empty())), environ)
    written = environ["wsgi.errors"].getvalue()
    assert re.fullmatch(r"[0-9T:+-]+ ::1 GET / 204 0 bytes [0-9.]+ ms - complete\n", written)


def test_a_line_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """uWSGI keeps what is not flushed until its process ends."""
    unconfigure(monkeypatch)
    file = BytesIO()
    environ = environ_for("GET", "/") | {"wsgi.errors": TextIOWrapper(BufferedWriter(file))}
    application = access_log(answering(response.empty()))
    body: Any = application(environ, lambda *head: lambda chunk: None)
    list(body)
    body.close()
    assert b" GET / 204 " in file.getvalue()


@pytest.mark.parametrize("path", ["/a%0AGET%20/", "/a%20200", "/%1B[m", "/%C2%85"])
def test_a_path_can_forge_nothing(caplog: pytest.LogCaptureFixture, path: str) -> None:
    run(access_log(answering(response.empty())), environ_for("GET", path))
    assert lines(caplog)[0].startswith(f"- GET {path} 204 ")


def test_a_method_and_an_id_can_forge_nothing(caplog: pytest.LogCaptureFixture) -> None:
    environ = environ_for("A\nB", "/", x_request_id="1\r2")
    run(access_log(answering(response.empty())), environ)
    line = lines(caplog)[0]
    assert line.startswith("- A%0AB / ")
    assert line.endswith(" 1%0D2 complete")


def test_a_part_that_is_empty_moves_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """A server at a Unix socket knows no address."""
    environ = environ_for("GET", "/", x_request_id="") | {"REMOTE_ADDR": "", "PATH_INFO": ""}
    run(access_log(answering(response.empty())), environ)
    line = lines(caplog)[0]
    assert line.startswith("- GET - 204 ")
    assert line.endswith(" - complete")


def test_the_full_path_of_a_mounted_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    environ = environ_for("GET", "/b") | {"SCRIPT_NAME": "/a"}
    run(access_log(answering(response.empty())), environ)
    assert lines(caplog)[0].startswith("- GET /a/b ")


def test_a_stream_is_logged_when_it_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[bool] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"ab"
            yield b"c"
        finally:
            closed.append(True)

    application = access_log(answering(("200 OK", [("Content-Type", "text/css")], chunks())))
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    assert (list(body), caplog.records) == ([b"ab", b"c"], [])
    body.close()
    assert closed == [True]
    assert lines(caplog)[0].startswith("- GET / 200 3 bytes ")


def test_a_stream_that_nobody_reads_is_closed() -> None:
    source = BytesIO(b"a")
    application = access_log(answering(("200 OK", [("Content-Type", "text/css")], source)))
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    body.close()
    assert source.closed


def test_a_request_is_timed_in_milliseconds(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.perf_counter", iter([10.0, 10.0123456]).__next__)
    run(access_log(answering(response.empty())), environ_for("GET", "/"))
    assert vars(caplog.records[0])["milliseconds"] == 12.346


@pytest.mark.parametrize("kind", [OSError, SystemExit])
def test_a_failure_is_a_500(caplog: pytest.LogCaptureFixture, kind: type[BaseException]) -> None:
    """gunicorn raises SystemExit in the worker that hangs: that request must be in the log."""

    def failing(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        raise kind("no disk")

    with pytest.raises(kind, match="no disk"):
        run(access_log(failing), environ_for("GET", "/"))
    assert lines(caplog)[0].startswith("- GET / 500 0 bytes ")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_failure_before_the_first_byte_is_a_500(
    caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """The server has sent nothing yet, so its client gets a 500."""

    def failing(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        yield b""
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        run(access_log(failing), environ_for(method, "/"))
    assert lines(caplog)[0].startswith(f"- {method} / 500 0 bytes ")
    assert lines(caplog)[0].endswith(" broken off")


def test_a_response_that_the_server_refuses_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def refusing(*head: Any) -> Any:
        raise ValueError("no such status")

    source = BytesIO(b"a")
    with pytest.raises(ValueError, match="no such status"):
        access_log(answering(("200 OK", [], source)))(environ_for("GET", "/"), refusing)
    assert lines(caplog)[0].startswith("- GET / 500 0 bytes ")
    assert source.closed


def test_a_response_that_starts_late_has_its_status(caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("404 Not Found", [])
        yield b"no"

    run(access_log(application), environ_for("GET", "/"))
    assert lines(caplog)[0].startswith("- GET / 404 2 bytes ")


def test_what_the_client_sends_is_cut_after_100_characters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    environ = environ_for("A" * 200, f"/{'b' * 200}", x_request_id="\n" * 200)
    run(access_log(answering(response.empty())), environ | {"REMOTE_ADDR": "c" * 200})
    [record] = caplog.records
    for name in ("address", "method", "path", "request_id"):
        assert len(vars(record)[name]) == 100
    assert len(record.getMessage()) < 550


def test_what_is_written_is_sent_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])(b"abc")
        return [b"de"]

    written: list[bytes] = []
    body: Any = access_log(application)(environ_for("GET", "/"), lambda *head: written.append)
    assert b"".join(written) + b"".join(body) == b"abcde"
    body.close()
    assert lines(caplog)[0].startswith("- GET / 200 5 bytes ")


class Unclosable:
    """A body that cannot be closed."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"a"])

    def close(self) -> None:
        raise OSError("no disk")


def test_a_body_that_cannot_be_closed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OSError, match="no disk"):
        run(access_log(answering(("200 OK", [], Unclosable()))), environ_for("GET", "/"))
    assert lines(caplog)[0].startswith("- GET / 200 1 bytes ")


def test_a_stream_that_breaks_off_is_shown_as_that(caplog: pytest.LogCaptureFixture) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"ab"
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        run(
            access_log(answering(("200 OK", [("Content-Type", "text/css")], chunks()))),
            environ_for("GET", "/"),
        )
    [record] = caplog.records
    assert record.getMessage().endswith(" - broken off")
    assert vars(record)["end"] == "broken off"


def test_a_head_is_complete_even_if_nobody_reads_its_body(
    caplog: pytest.LogCaptureFixture,
) -> None:
    application = access_log(answering(("200 OK", [], iter([b""]))))
    body: Any = application(environ_for("HEAD", "/"), lambda *head: lambda chunk: None)
    body.close()
    assert lines(caplog)[0].endswith(" complete")


@pytest.mark.parametrize("status", [204, 304])
def test_a_response_without_a_body_is_complete_even_if_nobody_reads_it(
    caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """granian reads no body of a 204."""
    application = access_log(answering(response.empty(status)))
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    body.close()
    assert lines(caplog)[0].endswith(" complete")


def test_a_client_that_leaves_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    application = access_log(
        answering(("200 OK", [("Content-Type", "text/css")], iter([b"a", b"b"])))
    )
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    next(iter(body))
    body.close()
    assert lines(caplog)[0].startswith("- GET / 200 1 bytes ")
    assert lines(caplog)[0].endswith(" broken off")


def unconfigure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `logging` be as it is before anybody configures it: pytest does before each test."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


@pytest.mark.parametrize("configured", [True, False])
def test_a_request_can_be_a_line_of_json(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, configured: bool
) -> None:
    if not configured:
        unconfigure(monkeypatch)
    environ = environ_for("GET", "/", x_request_id="7f3a") | {"REMOTE_ADDR": "192.0.2.1"}
    run(access_log(answering(response.text("x", status=201)), "json"), environ)
    written = environ["wsgi.errors"].getvalue()
    line = json.loads(caplog.records[0].getMessage() if configured else written)
    assert bool(written) is not configured
    assert type(line.pop("milliseconds")) is float
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}[+-][0-9]{4}", line.pop("time"))
    assert line == {
        "address": "192.0.2.1",
        "method": "GET",
        "path": "/",
        "status": 201,
        "bytes": 1,
        "request_id": "7f3a",
        "end": "complete",
    }


# The owner's logging is the owner's


class Kept(logging.Handler):
    """A handler of an owner, which keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("name", ["", package.name, f"{package.name}.middleware", logger.name])
def test_a_handler_of_the_owner_is_kept_and_gets_each_line_once(
    monkeypatch: pytest.MonkeyPatch, name: str, log_format: str
) -> None:
    unconfigure(monkeypatch)
    kept, owned = Kept(), logging.getLogger(name)
    monkeypatch.setattr(owned, "handlers", [kept])
    before = vars(owned).copy()
    environ = environ_for("GET", "/")
    run(access_log(answering(response.empty()), log_format), environ)
    after = vars(owned)
    assert {key: after[key] for key in ("handlers", "level", "propagate", "disabled")} == {
        key: before[key] for key in ("handlers", "level", "propagate", "disabled")
    }
    assert [record.name for record in kept.records] == [logger.name]
    assert environ["wsgi.errors"].getvalue() == ""


def test_a_line_is_not_lost_if_dictconfig_disables_the_logger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [Kept()])
    monkeypatch.setattr(logger, "disabled", True)
    environ = environ_for("GET", "/")
    run(access_log(answering(response.empty())), environ)
    assert " GET / 204 0 bytes " in environ["wsgi.errors"].getvalue()


def test_a_level_that_the_owner_has_set_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logger.level == logging.INFO
    monkeypatch.setattr(logger, "level", logging.ERROR)
    importlib.reload(logs)
    assert logger.level == logging.ERROR


def test_an_error_of_the_application_reaches_the_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        try:
            raise OSError("no disk")
        except OSError:
            start_response("500 No", [], sys.exc_info())
        return [b"no disk"]

    assert run(access_log(application), environ_for("GET", "/")).status == 500
    assert lines(caplog)[0].startswith("- GET / 500 7 bytes ")
