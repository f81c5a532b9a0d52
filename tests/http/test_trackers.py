"""An unexpected exception in a handler reaches the tools that people watch a service with."""

import json
import os
import re
import sys
from typing import Any

from harness import probe
from harness.projects import ROOT, run

SENTRY = """
import sentry_sdk
from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware
from sentry_sdk.transport import Transport

class Kept(Transport):
    def capture_envelope(self, envelope):
        events.extend(item.get_event() for item in envelope.items if item.get_event())

events = []
sentry_sdk.init(dsn="http://key@localhost/1", transport=Kept)
response = call(SentryWsgiMiddleware(application), environ)
sentry_sdk.flush()
print(json.dumps([response.status, events], default=str))
"""
OPENTELEMETRY = """
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
response = call(OpenTelemetryMiddleware(application, tracer_provider=provider), environ)
spans = [[span.status.status_code.name, dict(span.attributes)] for span in kept.get_finished_spans()]
print(json.dumps([response.status, spans]))
"""
WRITES = """
class Errors:
    def __init__(self): self.calls = []
    def write(self, text): self.calls.append(["write", text])
    def writelines(self, texts): self.calls.append(["writelines", *texts])
    def flush(self): self.calls.append(["flush"])

environ["wsgi.errors"] = Errors()
response = call(application, environ)
print(json.dumps([response.status, environ["wsgi.errors"].calls]))
"""
LOGGING = """
import logging
from io import StringIO
stream = StringIO()
logging.basicConfig(stream=stream)
response = call(application, environ)
print(json.dumps([response.status, stream.getvalue(), response.log]))
"""
BEFORE = """
import json
from harness.send import call, environ_for
from sample import application
environ = environ_for("GET", "/probe/raise?a=b")
"""


def seen(code: str) -> Any:
    """What a program of its own sees, which has the project and asks it for an exception."""
    done = run(
        probe.make().path,
        sys.executable,
        "-c",
        BEFORE + code,
        PYTHONPATH=f"src{os.pathsep}{ROOT}",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sentry_gets_the_exception_with_its_traceback() -> None:
    status, events = seen(SENTRY)
    assert status == 500
    [event] = events
    [exception] = event["exception"]["values"]
    assert (exception["type"], exception["value"]) == ("RuntimeError", "secret")
    last = exception["stacktrace"]["frames"][-1]
    assert (last["module"], last["function"]) == ("sample.handlers.probe", "show_raise")
    assert event["level"] == "error"
    assert event["request"]["url"] == "http://localhost/probe/raise"


def test_opentelemetry_marks_the_span_as_an_error() -> None:
    status, spans = seen(OPENTELEMETRY)
    assert status == 500
    [[code, attributes]] = spans
    assert code == "ERROR"
    assert 500 in (
        attributes.get("http.status_code"),
        attributes.get("http.response.status_code"),
    )


def test_without_logging_one_write_has_the_request_and_the_traceback() -> None:
    status, calls = seen(WRITES)
    [[_, text], flush] = [call for call in calls if call != ["write", ""]]
    assert (status, flush) == (500, ["flush"])  # uWSGI would keep it in a buffer
    first, second, *_, last = text.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4} GET /probe/raise", first)
    assert second == "Traceback (most recent call last):"
    assert last == "RuntimeError: secret"
    assert "in show_raise" in text


def test_configured_logging_gets_the_exception_once() -> None:
    status, logged, errors = seen(LOGGING)
    assert (status, errors) == (500, "")
    assert logged.startswith("ERROR:sample.errors:GET /probe/raise\nTraceback")
    assert logged.count("RuntimeError: secret") == 1
