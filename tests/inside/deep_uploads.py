"""Multipart forms: fields and files in, 400 for anything else, no file left open."""

import tracemalloc
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from itertools import repeat
from typing import Any

import pytest
from client import MULTIPART, PACKAGE, call, environ_for, module, multipart

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


class Cut(BytesIO):
    """A body that arrives in the pieces of a list, whatever is asked for."""

    def __init__(self, body: bytes, sizes: Iterator[int]) -> None:
        super().__init__(body)
        self.sizes = sizes

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, next(self.sizes, 65_536)))


def form(body: bytes, content_type: str = TYPE, sizes: Any = ()) -> Any:
    environ = environ_for("POST", "/", body, content_type=content_type)
    environ["wsgi.input"] = Cut(body, iter(sizes))
    return uploads.form(environ)


def result(body: bytes, sizes: Any = ()) -> object:
    """Return what the form holds, or the error."""
    try:
        with form(body, sizes=sizes) as sent:
            return sent.fields, {
                name: [(*file[:3], file.file.read()) for file in files]
                for name, files in sent.files.items()
            }
    except HTTPError as error:
        return error.status, error.detail


def test_fields_keep_repeated_values() -> None:
    with form(FIELD + FIELD + END) as sent:
        assert sent == ({"a": ["1", "1"]}, {})


def test_a_file_is_read() -> None:
    with form(FILE + FIELD + END) as sent:
        [upload] = sent.files["f"]
        assert upload[:3] == ("n.txt", "text/csv", 1_000)
        assert upload.file.read() == b"x" * 1_000


def test_a_file_that_nobody_has_chosen_is_a_file_without_a_name() -> None:
    with form(FILE.replace(b"n.txt", b"").replace(b"x" * 1_000, b"") + END) as sent:
        assert sent.files["f"][0][:3] == ("", "text/csv", 0)
        assert sent.fields == {}


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


def test_an_upload_is_never_in_memory_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 5_000_000)
    body = FILE.replace(b"x" * 1_000, b"x" * 4_000_000) + END
    environ = environ_for("POST", "/", body, content_type=TYPE)
    tracemalloc.start()
    try:
        with uploads.form(environ) as sent:
            assert sent.files["f"][0].size == 4_000_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


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


# However the bytes are cut

PREAMBLE = b"This is ignored.\r\n"
BODIES = {
    "a form": FIELD + FILE + END,
    "without its last line end": FIELD + END.strip(),
    "with an epilogue": FIELD + END + b"This is ignored.\r\n--b\r\n",
    "with an epilogue on the same line": FIELD + END.strip() + b" x",
    "with a preamble": PREAMBLE + FIELD + END,
    "with a line end before it": b"\r\n" + FIELD + END,
    "with junk before it": b"junk" + FIELD + END,
    "with a preamble that ends in junk": PREAMBLE + b"junk" + FIELD + END,
    "with what looks like a boundary": FIELD.replace(b"1", b"\r\n--a\r\n--\r\n-\r\r\n") + END,
    "with a boundary that goes on": FIELD + b"--bb\r\n" + END,
    "with half a line end": FIELD.replace(b"1\r\n", b"1\n") + END,
    "with a header that has no end": b"--b\r\nContent-Disposition: form-data\n\n1" + END,
    "with a field that is not UTF-8": FIELD.replace(b"1", b"\xff") + END,
    "cut short": FIELD + FILE[:-500],
    "empty": b"",
    "only an end": END,
    "only a boundary": b"--b",
}


@pytest.mark.parametrize("name", BODIES)
def test_the_same_bytes_give_the_same_form_however_they_are_cut(name: str) -> None:
    body = BODIES[name]
    whole = result(body)
    assert result(body, repeat(1)) == whole
    for size in range(1, len(body)):
        assert result(body, [size]) == whole, f"cut at {size}"


def test_what_follows_the_last_boundary_is_ignored() -> None:
    field = ({"a": ["1"]}, {})
    for name in ("without its last line end", "with an epilogue", "with a preamble"):
        assert result(BODIES[name]) == field
    assert result(FIELD + END + b"x" * 4000) == field


@pytest.mark.parametrize("blocks", [1, 2])
def test_an_upload_of_any_size_around_a_block_is_read(
    monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 1_000_000)
    rest = len(FILE.replace(b"x" * 1000, b"") + END)
    around = blocks * 65_536 - rest
    for size in range(around - 40, around + 40):
        with form(FILE.replace(b"x" * 1000, b"y" * size) + END) as sent:
            assert sent.files["f"][0].size == size


@pytest.mark.parametrize("end", [b"--b--", b"--b--\r\n", b"--b--\r\n\r\n", b"--b--\r\nepilogue"])
def test_an_upload_can_end_anywhere_around_a_block(
    monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 1_000_000)
    empty = FILE.replace(b"x" * 1000, b"")
    for length in range(65_536 - 20, 65_536 + 20):
        with form(empty[:-2] + b"y" * (length - len(empty + end)) + b"\r\n" + end) as sent:
            assert sent.files["f"][0].size == length - len(empty + end)


def test_an_error_of_the_handler_is_not_one_of_the_form() -> None:
    with pytest.raises(ValueError, match="its own"), form(FIELD + END):
        raise ValueError("its own")


# What is kept, and what is repeated


def test_every_file_of_a_name_is_kept() -> None:
    other = FILE.replace(b"n.txt", b"m.txt").replace(b"x" * 1000, b"y")
    with form(FILE + other + END) as sent:
        first, second = sent.files["f"]
        assert (first.filename, first.file.read()) == ("n.txt", b"x" * 1000)
        assert (second.filename, second.file.read()) == ("m.txt", b"y")
    assert first.file.closed and second.file.closed


@pytest.mark.parametrize("line", [b"\xff" * 3000, b"A" * 3000, b"A" * 4900, b"Content-Length: x"])
def test_a_refusal_repeats_little_of_what_was_sent(line: bytes) -> None:
    with pytest.raises(HTTPError) as raised, form(FIELD.replace(b"\r\n\r\n", b"\r\n" + line) + END):
        pass
    assert raised.value.status == 400
    assert len(raised.value.detail) < 200


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_needs_a_boundary(content_type: str) -> None:
    """Programs forget it if they set the Content-Type themselves."""
    for boundary in (b"b", b"none"):
        body = (FIELD + END).replace(b"--b", b"--" + boundary)
        with pytest.raises(HTTPError, match="its Content-Type has no boundary"):
            form(body, content_type).__enter__()


@pytest.mark.parametrize("name", [b"", b"; name=", b'; name=""'])
def test_a_part_needs_a_name(name: bytes) -> None:
    with pytest.raises(HTTPError, match="a part has no name"):
        form(FIELD.replace(b'; name="a"', name) + END).__enter__()


def test_a_form_that_no_handler_reads_is_dropped_as_far_as_one_that_is_read() -> None:
    assert module("request").DROP_LIMIT == 16_777_216


FILES = {
    "a": ("n.txt", b"one\r\n--b\r\n--b--\r\n"),
    "b": ("Gr\u00fc\u00dfe.txt", bytes(range(256))),
    "c": ('"a"\r\nb; c="d', b""),
}


@pytest.mark.parametrize("name", FILES)
def test_the_client_sends_a_file_as_a_browser_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser escapes quotes and line ends in a name, and no file contains its boundary."""
    found: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        with uploads.form(environ) as sent:
            [upload] = sent.files[name]
            found.extend([sent.fields, upload.filename, upload.file.read()])
        start_response("204 No Content", [])
        return []

    monkeypatch.setattr(import_module(PACKAGE), "application", application)
    assert call("POST", "/", form={"x": "\u00e9"}, files={name: FILES[name]}).status == 204
    assert found == [{"x": ["\u00e9"]}, *FILES[name]]


def test_the_client_can_send_a_multipart_form_without_files() -> None:
    with form(multipart({"a": "1"}, {}), MULTIPART) as sent:
        assert sent == ({"a": ["1"]}, {})
