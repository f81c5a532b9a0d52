"""The access log: a line for each request, after the last byte."""

import json
import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from client import PACKAGE, environ_for, module, run

access_log = module("middleware.access_log").access_log
response = module("response")
logger = logging.getLogger(f"{PACKAGE}.middleware.access_log")
package = logging.getLogger(PACKAGE)


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the loggers of the package as they are."""
    for name in ("handlers", "propagate", "level"):
        monkeypatch.setattr(package, name, getattr(package, name))


def answering(made: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["REQUEST_METHOD"]
        start_response(*made[:2])
        return made[2]

    return application


def failing(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    raise OSError("no disk")


def test_a_request_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    environ = environ_for("GET", "/notes?secret=1", x_request_id="7f3a")
    got = run(access_log(answering(response.text("four"))), environ)
    assert (got.text, got.headers["Content-Length"]) == ("four", "4")
    [record] = caplog.records
    line = record.getMessage()
    assert re.fullmatch(r"GET /notes 200 4 bytes [0-9.]+ ms 7f3a", line)
    fields = {name: vars(record)[name] for name in ("method", "path", "status", "bytes")}
    assert fields == {"method": "GET", "path": "/notes", "status": 200, "bytes": 4}


def test_a_line_goes_to_the_server_if_logging_is_not_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    environ = environ_for("GET", "/")
    run(access_log(answering(response.empty())), environ)
    written = environ["wsgi.errors"].getvalue()
    assert re.fullmatch(r"[0-9T:+-]+ GET / 204 0 bytes [0-9.]+ ms -\n", written)


@pytest.mark.parametrize("path", ["/a%0AGET%20/", "/a%20200", "/%1B[m", "/%C2%85"])
def test_a_path_can_forge_nothing(caplog: pytest.LogCaptureFixture, path: str) -> None:
    run(access_log(answering(response.empty())), environ_for("GET", path))
    assert caplog.records[0].getMessage().startswith(f"GET {path} 204 ")


def test_a_method_and_an_id_can_forge_nothing(caplog: pytest.LogCaptureFixture) -> None:
    environ = environ_for("A\nB", "/", x_request_id="1\r2")
    run(access_log(answering(response.empty())), environ)
    line = caplog.records[0].getMessage()
    assert line.startswith("A%0AB / ")
    assert line.endswith(" 1%0D2")


def test_a_mounted_path_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    environ = environ_for("GET", "/b") | {"SCRIPT_NAME": "/a"}
    run(access_log(answering(response.empty())), environ)
    assert caplog.records[0].getMessage().startswith("GET /a/b ")


def test_a_stream_is_logged_when_it_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    closed: list[bool] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"ab"
            yield b"c"
        finally:
            closed.append(True)

    application = access_log(answering(response.stream(chunks(), "text/css")))
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    assert (list(body), caplog.records) == ([b"ab", b"c"], [])
    body.close()
    assert closed == [True]
    assert caplog.records[0].getMessage().startswith("GET / 200 3 bytes ")


def test_a_stream_that_nobody_reads_is_closed() -> None:
    source = BytesIO(b"a")
    application = access_log(answering(response.stream(source, "text/css")))
    body: Any = application(environ_for("GET", "/"), lambda *head: lambda chunk: None)
    body.close()
    assert source.closed


def test_a_request_is_timed_in_milliseconds(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.perf_counter", iter([10.0, 10.0123456]).__next__)
    run(access_log(answering(response.empty())), environ_for("GET", "/"))
    assert vars(caplog.records[0])["milliseconds"] == 12.346


def test_a_failure_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OSError, match="no disk"):
        run(access_log(failing), environ_for("GET", "/"))
    assert caplog.records[0].getMessage().startswith("GET / 500 0 bytes ")


def test_a_response_that_starts_late_has_its_status(caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("404 Not Found", [])
        yield b"no"

    run(access_log(application), environ_for("GET", "/"))
    assert caplog.records[0].getMessage().startswith("GET / 404 2 bytes ")


def test_a_request_can_be_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    environ = environ_for("GET", "/", x_request_id="7f3a")
    run(access_log(answering(response.text("x", status=201)), "json"), environ)
    line = json.loads(capsys.readouterr().err)
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z", line["time"])
    assert (line["level"], line["logger"]) == ("INFO", logger.name)
    assert line["message"].startswith("GET / 201 1 bytes ")
    assert not package.propagate
    assert (line["method"], line["path"], line["status"], line["bytes"]) == ("GET", "/", 201, 1)
    assert (line["request_id"], type(line["milliseconds"])) == ("7f3a", float)


def test_a_line_of_json_has_the_time_of_the_record_and_all_that_it_is_given() -> None:
    record = logging.makeLogRecord({"created": 0.0, "msecs": 7.0, "seen": {1}})
    line = json.loads(module("middleware.access_log").JSONFormatter().format(record))
    assert (line["time"], line["seen"]) == ("1970-01-01T00:00:00.007Z", "{1}")


def test_an_error_can_be_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    access_log(failing, "json")
    try:
        raise OSError("no\ndisk")
    except OSError:
        module("errors").log(environ_for("GET", "/", x_request_id="7f3a"))
    [written] = capsys.readouterr().err.splitlines()
    line = json.loads(written)
    assert (line["level"], line["request_id"]) == ("ERROR", "7f3a")
    assert line["traceback"].endswith("OSError: no\ndisk")


def test_an_error_of_the_application_reaches_the_server() -> None:
    passed_on: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 No", [], (None, None, None))
        return []

    access_log(application)(environ_for("GET", "/"), lambda *head: passed_on.append(head))
    assert passed_on[0][2] == (None, None, None)
