"""Other applications beside the routes: each request goes to one of them."""

from io import BytesIO
from typing import Any

import pytest
from client import environ_for, module, run

mount = module("middleware.mount")


def named(name: str) -> Any:
    """Return an application that shows its name and what it sees of the path."""

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name} {environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode("latin-1")]

    return application


@pytest.mark.parametrize(
    "path, shown",
    [
        ("/", "new |/"),
        ("/older", "new |/older"),
        ("/x/old", "new |/x/old"),
        ("/old", "old /old|"),
        ("/old/", "old /old|/"),
        ("/old/a/b", "old /old|/a/b"),
        ("/old//a", "old /old|//a"),
        ("/old/old/old", "old /old|/old/old"),
    ],
)
def test_the_other_application_gets_everything_under_its_prefix(path: str, shown: str) -> None:
    wrapped = mount.mount(named("new"), "/old", named("old"))
    assert run(wrapped, environ_for("GET", path)).text == shown


def test_a_mount_can_be_in_a_mount() -> None:
    inner = mount.mount(named("middle"), "/b", named("inner"))
    environ = environ_for("GET", "/a/b/c")
    assert run(mount.mount(named("outer"), "/a", inner), environ).text == "inner /a/b|/c"
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/a/b/c")


def test_a_prefix_can_have_any_letters() -> None:
    wrapped = mount.mount(named("new"), "/caf\u00e9", named("old"))
    assert run(wrapped, environ_for("GET", "/caf%C3%A9/a")).text == "old /caf\u00e9|/a"


@pytest.mark.parametrize("prefix", ["", "/", "old", "/old/"])
def test_a_prefix_must_look_like_one(prefix: str) -> None:
    with pytest.raises(ValueError, match="a prefix looks like /old"):
        mount.mount(named("new"), prefix, named("old"))


@pytest.mark.parametrize(
    "method, path, chosen",
    [
        ("GET", "/a", "new"),
        ("HEAD", "/a", "new"),
        ("POST", "/a", "old"),
        ("OPTIONS", "/a", "old"),
        ("HEAD", "/only-head", "new"),
        ("GET", "/only-head", "old"),
        ("HEAD", "/only-post", "old"),
        ("GET", "/b", "old"),
        ("GET", "/%FF", "old"),
        ("OPTIONS", "*", "old"),
    ],
)
def test_the_other_application_gets_paths_without_a_route(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, chosen: str
) -> None:
    routes = {"/a": ({"GET": print}, ()), "/only-head": ({"HEAD": print}, ())}
    routes["/only-post"] = ({"POST": print}, ())
    monkeypatch.setattr(mount, "find", routes.get)
    wrapped = mount.fallback(named("new"), named("old"))
    assert run(wrapped, environ_for(method, path)).body.startswith(chosen.encode())


@pytest.mark.parametrize(
    "wanted, chosen", [("GET", "new"), ("HEAD", "new"), ("POST", "old"), ("OPTIONS", "old")]
)
def test_a_preflight_goes_where_its_request_will_go(
    monkeypatch: pytest.MonkeyPatch, wanted: str, chosen: str
) -> None:
    monkeypatch.setattr(mount, "find", {"/a": ({"GET": print}, ())}.get)
    wrapped = mount.fallback(named("new"), named("old"))
    environ = environ_for("OPTIONS", "/a", access_control_request_method=wanted)
    assert run(wrapped, environ).body.startswith(chosen.encode())


def test_the_other_application_reads_lines_as_fast_as_bytes() -> None:
    """The reader of `request.py` is asked for each byte of a line."""
    reads: list[int] = []

    class Counted(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            reads.append(size or 0)
            return super().read(size)

    def other(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(len(environ["wsgi.input"].readlines())).encode()]

    content = b"line\n" * 10_000
    environ = environ_for("POST", "/old", content) | {"wsgi.input": Counted(content)}
    assert run(mount.mount(named("new"), "/old", other), environ).text == "10000"
    assert len(reads) < 10


@pytest.mark.parametrize("target", ["http://host/old/a", "HTTP://host:80/old/a", "https://h/old/a"])
def test_an_absolute_url_does_not_get_past_a_mount(target: str) -> None:
    """Some servers pass it on as PATH_INFO: the routes and a mount must see the same path."""
    wrapped = mount.mount(named("new"), "/old", named("old"))
    environ = environ_for("GET", "/") | {"PATH_INFO": target}
    assert run(wrapped, environ).text == "old /old|/a"


def test_the_other_application_gets_a_path_that_is_not_utf_8_unchanged() -> None:
    wrapped = mount.mount(named("new"), "/old", named("old"))
    got = run(wrapped, environ_for("GET", "/old/%FF"))
    assert got.body == b"old /old|/\xff"


@pytest.mark.parametrize("read", [0, 1, 999, 1000])
@pytest.mark.parametrize("wrap", ["mount", "fallback"])
def test_the_rest_of_a_body_is_read_after_the_response_of_the_other_application(
    wrap: str, read: int
) -> None:
    closed: list[bool] = []

    def other(environ: Any, start_response: Any) -> Any:
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        try:
            yield environ["wsgi.input"].read(read)
        finally:
            closed.append(True)

    def new(environ: Any, start_response: Any) -> Any:
        raise NotImplementedError

    environ = environ_for("PURGE", "/old", b"x" * 1000)
    body = environ["wsgi.input"] = BytesIO(b"x" * 1000 + b"GET / HTTP/1.1")  # the next request
    chosen = mount.mount(new, "/old", other) if wrap == "mount" else mount.fallback(new, other)
    assert run(chosen, environ).body == b"x" * read
    assert (closed, body.tell()) == ([True], 1000)


def test_the_other_application_reads_a_body_of_unknown_length() -> None:
    wrapped = mount.mount(named("new"), "/old", named("old"))
    environ = environ_for("POST", "/old", transfer_encoding="chunked")
    assert run(wrapped, environ).text == "old /old|"


def test_the_body_of_the_other_application_is_closed_even_if_unread() -> None:
    source = BytesIO(b"a")

    def other(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return source

    environ = environ_for("POST", "/old", b"sent")
    wrapped = mount.mount(named("new"), "/old", other)
    body: Any = wrapped(environ, lambda *head: lambda chunk: None)
    body.close()
    assert source.closed


def test_the_rest_of_a_body_is_read_even_if_the_other_application_fails_at_its_end() -> None:
    class Unclosable(BytesIO):
        def close(self) -> None:
            raise OSError("no disk")

    def other(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Unclosable(b"a")

    environ = environ_for("POST", "/old", b"sent")
    body = environ["wsgi.input"]
    with pytest.raises(OSError, match="no disk"):
        run(mount.mount(named("new"), "/old", other), environ)
    assert body.read() == b""
