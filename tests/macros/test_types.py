"""The rows of the content types: what a stub reads, what it builds, and what its test expects."""

import re

import pytest
import yaml

from harness.projects import ROOT, lines_of
from harness.rendering import constant, value
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
    responses = {"200": {"content": {media_type: {}}}}
    document = {"openapi": "3.1.0", "paths": {"/": {"get": {"responses": responses}}}}
    assert value("openapi.suggested", document, "openapi.yaml")["content_types"] == [name]


@pytest.mark.parametrize("name", constant("types", "TYPES"))
def test_a_shape_has_each_type(name: str) -> None:
    lines = [line for shape in SHAPES.values() for line in lines_of(shape["routes"])]
    assert name in {word for line in lines for word in re.split("[,>]", line[2])}


def test_a_media_type_with_a_row_is_called_by_its_short_name() -> None:
    names = {name: row["media_type"] for name, row in constant("types", "TYPES").items()}
    assert len(set(names.values())) == len(names)
