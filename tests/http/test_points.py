"""The probes of docs/http.md, and what the judges of others say of several projects."""

import re
from typing import Any

import pytest

from conformance import judges
from conformance.judges import PROJECTS
from conformance.points import ROWS, Row, observe
from conformance.servers import CASES, ENDS
from harness import probe
from harness.projects import ROOT, generate


@pytest.fixture(scope="module", params=["ladder", "tree"])
def application(request: pytest.FixtureRequest) -> Any:
    return probe.load(probe.make(dispatcher=request.param))


@pytest.mark.parametrize("row", ROWS, ids=[row.claim for row in ROWS])
def test_a_point_of_http_is_kept(application: Any, row: Row) -> None:
    right, seen = observe(row, application)
    assert right, f"{seen}, not {' or '.join(row.right)}"


def rogue(environ: Any, start_response: Any) -> Any:
    """Wrong in everything that a probe looks at."""
    environ["wsgi.input"].read()
    headers = [("X-A", "a\r\nb"), ("Location", "//evil.example\n"), ("Content-Length", "99")]
    for _ in range(2):
        write = start_response("299 Odd", headers)
    write(b"<script>NaN\xff")
    return []


@pytest.mark.parametrize("row", ROWS, ids=[row.claim for row in ROWS])
def test_a_probe_reports_what_is_wrong(row: Row) -> None:
    assert not observe(row, rogue)[0]


def test_the_tables_in_the_documents_have_every_row_and_no_cross_is_ours() -> None:
    table = (ROOT / "docs" / "http.md").read_text("utf-8")
    ours = re.findall(r"^\| (.*?) \| (✓|✗) ", table, re.MULTILINE)
    assert ours == [(row.claim, "✓") for row in ROWS]
    table = (ROOT / "docs" / "servers.md").read_text("utf-8")
    assert re.findall(r"^\| (.*?) \| [✓–] ", table, re.MULTILINE) == [
        case.claim for case in [*CASES, *ENDS]
    ]
    assert "| ✗" not in table


@pytest.mark.parametrize("answers", PROJECTS.values(), ids=PROJECTS)
def test_judges_find_nothing(answers: dict[str, Any]) -> None:
    made = generate(**answers)
    requests = judges.requests(judges.document(made)["paths"])
    count, found = judges.findings(probe.load(made), requests)
    assert (count > 100, found) == (True, set())


def test_judges_find_nothing_in_redirects_streams_and_conditional_responses(
    application: Any,
) -> None:
    assert judges.findings(application, judges.probes())[1] == set()


@pytest.mark.long
@pytest.mark.parametrize("name", ["default as a tree", "everything"])
def test_schemathesis_finds_the_responses_as_openapi_json_says(name: str) -> None:
    made = generate(**PROJECTS[name])
    count, found = judges.mismatches(probe.load(made), judges.document(made), 20)
    assert (count > 50, found) == (True, set())


def test_the_judges_find_a_wrong_response() -> None:
    def wrong(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "1")])
        return [b"four"]

    _, found = judges.findings(wrong, [{"method": "GET", "path": "/"}])
    assert {finding.split(":")[0] for finding in found} >= {"werkzeug", "http"}
