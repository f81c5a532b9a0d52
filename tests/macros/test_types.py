"""The rows of the content types: what a stub reads, what it builds, and what its test expects."""

import re
from email import message_from_bytes
from typing import Any

import pytest
import yaml

from harness.projects import ROOT, lines_of
from harness.rendering import constant, render, value
from harness.shapes import SHAPES

# The media type, the Content-Type of the response, what reads a body, and what builds a response.
ROWS = {
    "text": ("text/plain", "text/plain; charset=utf-8", "request.text(", "response.text("),
    "html": ("text/html", "text/html; charset=utf-8", "request.text(", "response.html("),
    "json": ("application/json", "application/json", "request.json(", "response.json("),
    "csv": ("text/csv", "text/csv; charset=utf-8", "request.text(", "csv_rows.stream("),
    "xml": ("application/xml", "application/xml", "request.text(", "response.raw("),
    "ndjson": ("application/x-ndjson", "application/x-ndjson", "request.text(", "ndjson.stream("),
    "sse": ("text/event-stream", "text/event-stream", "request.text(", "sse.stream("),
    "svg": ("image/svg+xml", "image/svg+xml", "request.text(", "response.raw("),
    "yaml": ("application/yaml", "application/yaml", "request.text(", "response.raw("),
    "bytes": (
        "application/octet-stream", "application/octet-stream", "request.body(", "response.raw("
    ),
}  # fmt: skip
# Media types without a row of their own have the row of their family.
FAMILIES = {
    "application/hal+json": ("application/hal+json", "request.json(", "response.json("),
    "text/x+json": ("text/x+json; charset=utf-8", "request.json(", "response.json("),
    "text/xml": ("text/xml; charset=utf-8", "request.text(", "response.raw("),
    "text/plain+xml": ("text/plain+xml; charset=utf-8", "request.text(", "response.raw("),
    "application/atom+xml": ("application/atom+xml", "request.text(", "response.raw("),
    "application/x-yaml": ("application/x-yaml", "request.text(", "response.raw("),
    "application/openapi+yaml": ("application/openapi+yaml", "request.text(", "response.raw("),
    "text/css": ("text/css; charset=utf-8", "request.text(", "response.raw("),
    "application/xml-dtd": ("application/xml-dtd", "request.body(", "response.raw("),
    "application/foo.json": ("application/foo.json", "request.body(", "response.raw("),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "request.body(",
        "response.raw(",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_short_name_has_a_row(name: str) -> None:
    row = value("types.row_of", name)
    assert (row["media_type"], row["content"], row["read"][0], row["build"][0]) == ROWS[name]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_media_type_has_the_row_of_its_family(name: str) -> None:
    row = value("types.row_of", name)
    assert row["media_type"] == name
    assert (row["content"], row["read"][0], row["build"][0]) == FAMILIES[name]


def test_every_row_has_the_same_keys() -> None:
    rows = constant("types", "TYPES").values()
    assert len({tuple(sorted(row)) for row in rows}) == 1


def test_the_question_offers_the_types_in_the_order_of_the_rows() -> None:
    question = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))["content_types"]
    assert question["choices"] == constant("types", "OFFERED")


@pytest.mark.parametrize("name", constant("types", "OFFERED"))
def test_an_offered_type_is_ticked_if_a_description_has_it(name: str) -> None:
    media_type = constant("types", "TYPES")[name]["media_type"]
    responses: dict[str, Any] = {"200": {"content": {media_type: {}}}}
    document = {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": responses}}}}
    assert value("openapi_read.suggested", document, "openapi.yaml")["content_types"] == [name]


@pytest.mark.parametrize("name", constant("types", "TYPES"))
def test_a_shape_has_each_type(name: str) -> None:
    lines = [line for shape in SHAPES.values() for line in lines_of(shape["routes"])]
    assert name in {word for line in lines for word in re.split("[,>]", line[2])}


def test_a_media_type_with_a_row_is_called_by_its_short_name() -> None:
    names = {name: row["media_type"] for name, row in constant("types", "TYPES").items()}
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    "word, type",
    [
        ("json", "json"),
        ("application/json", "json"),
        ("TEXT/HTML", "html"),
        ("text/css", "text/css"),
        ("Image/PNG", "image/png"),
        ("application/hal+json", "application/hal+json"),
    ],
)
def test_a_word_becomes_a_short_name_or_a_media_type(word: str, type: str) -> None:
    assert render("types.type_of", word) == type


def seen_in(sent: dict[str, Any], type: str) -> Any:
    """What a stub shows of a body that a test sends, worked out from the body."""
    if "json" in sent:
        return sent["json"]
    if "form" in sent:
        return {name: [text] for name, text in sent["form"].items()}
    if type == "multipart":
        content = f"Content-Type: {sent['content_type']}\r\n\r\n".encode() + sent["body"]
        parts = [part for part in message_from_bytes(content).walk() if not part.is_multipart()]
        names = [part.get_param("name", header="Content-Disposition") for part in parts]
        return {name: [part.get_payload()] for name, part in zip(names, parts, strict=True)}
    body = sent["body"]
    return len(body) if type in ("bytes", "none") else body.decode()


@pytest.mark.parametrize("name", constant("types", "TYPES"))
def test_a_stub_shows_the_body_that_its_test_sends(name: str) -> None:
    row = value("types.row_of", name)
    sent = eval(f"dict({', '.join(row['sent'])})")
    assert eval(row["seen"]) == seen_in(sent, name)
    assert sent.get("content_type", row["media_type"]).startswith(row["media_type"])
