"""Multipart forms: fields and files in, 400 for anything else, no file left open."""

from typing import Any

import pytest
from client import environ_for, module

uploads = module("uploads")
HTTPError = module("errors").HTTPError

TYPE = "multipart/form-data; boundary=b"
FIELD = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
    b"Content-Type: text/csv\r\n\r\n" + b"x" * 1_000 + b"\r\n"
)
END = b"--b--\r\n"


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set limits that small forms reach."""
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 5_000)
    monkeypatch.setattr(uploads, "MEMORY_LIMIT", 100)
    monkeypatch.setattr(uploads, "PART_LIMIT", 3)


def form(body: bytes, content_type: str = TYPE) -> Any:
    return uploads.form(environ_for("POST", "/", body, content_type=content_type))


def test_fields_keep_repeated_values() -> None:
    with form(FIELD + FIELD + END) as sent:
        assert sent == ({"a": ["1", "1"]}, {})


def test_a_file_is_read() -> None:
    with form(FILE + FIELD + END) as sent:
        [upload] = sent.files["f"]
        assert upload[:3] == ("n.txt", "text/csv", 1_000)
        assert upload.file.read() == b"x" * 1_000


def test_a_file_can_have_no_type() -> None:
    with form(FILE.replace(b"Content-Type: text/csv\r\n", b"") + END) as sent:
        assert sent.files["f"][0].content_type in ("", "application/octet-stream")


@pytest.mark.parametrize("size, on_disk", [(100, False), (101, True)])
def test_a_part_over_the_limit_of_memory_is_on_disk(size: int, on_disk: bool) -> None:
    with form(FILE.replace(b"x" * 1_000, b"x" * size) + END) as sent:
        file: Any = sent.files["f"][0].file
        assert file._rolled is on_disk


def test_a_field_is_utf_8_whatever_its_size_and_charset() -> None:
    typed = b"\r\nContent-Type: text/plain; charset=none\r\n\r\n"
    long = FIELD.replace(b"1", "\u00e9".encode() * 999).replace(b"\r\n\r\n", typed)
    with form(long + END) as sent:
        assert sent.fields == {"a": ["\u00e9" * 999]}


def test_a_form_can_have_as_many_parts_as_the_limit() -> None:
    with form(FIELD * 3 + END) as sent:
        assert sent.fields == {"a": ["1", "1", "1"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        FIELD,
        b"--c--",
        FIELD.replace(b"1", b"\xff") + END,
        FIELD.replace(b"; name", b"; nome") + END,
        FIELD * 4 + END,
        FILE + FILE[:-500],
        b"junk" + FIELD + END,
    ],
)
def test_what_is_not_a_form_is_refused(body: bytes) -> None:
    with pytest.raises(HTTPError, match="400"), form(body):
        pass


def test_a_form_needs_a_boundary() -> None:
    with pytest.raises(HTTPError, match="400"), form(FIELD + END, "multipart/form-data"):
        pass


def test_another_content_type_is_refused() -> None:
    with pytest.raises(HTTPError, match="415"), form(FIELD + END, "multipart/mixed; boundary=b"):
        pass


def test_a_form_over_the_limit_is_refused() -> None:
    environ = environ_for("POST", "/", content_type=TYPE, content_length="5001")
    with pytest.raises(HTTPError, match="413"), uploads.form(environ):
        pass


def test_a_file_is_closed_even_if_the_handler_fails() -> None:
    with pytest.raises(RuntimeError), form(FILE + END) as sent:
        raise RuntimeError
    assert sent.files["f"][0].file.closed
