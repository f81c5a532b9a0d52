"""Random sets of routes that the language allows, and requests near to them."""

import re

from hypothesis import strategies as st

from harness.rendering import constant
from harness.shapes import TYPES

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_ROWS = constant("kinds", "KINDS")
KINDS = ["", *(f":{kind}" for kind in _ROWS)]
FULL_TYPES = [
    "application/openapi+yaml",
    "text/css",
    "text/calendar",
    "image/png",
    "application/hal+json",
    "image/x.a+xml",
]

# Names that something in a project has too: modules, variables of the ladder, words of a stub.
AWKWARD = [
    "path",
    "rest",
    "content",
    "headers",
    "notes",
    "json",
    "id",
    "text",
    "re",
    "find",
    "date",
]
LONG = "a_name_of_fifty_letters_is_the_longest_one_allowed"

words = st.from_regex(r"[a-zA-Z][a-z0-9_]{0,6}", fullmatch=True)
literals = st.one_of(
    words,
    st.sampled_from(
        ["r1", "r2", "r10", "new", "v1.0", "~me", "@x", "a,b", "it's", "(1)", "$", "&"]
    ),
    st.sampled_from(
        [
            "Grüße",
            "日本",
            "🚀",
            "שלום",
            "class",
            "http",
            "contract",
            "json",
            "CON",
            "find",
            "date",
            "datetime",
        ]
    ),
    st.just(LONG.replace("_", "-")),
    st.sampled_from(
        ["7", "12345", "12345.5", "6f1e2d3c-4b5a-4978-8695-a4b3c2d12345", "my", "2345-11-28"]
    ),
)
REFUSED = constant("rules", "TAKEN")
parameters = st.one_of(words, st.sampled_from([*AWKWARD, LONG])).filter(
    lambda name: name not in REFUSED
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path of up to five segments; a placeholder of kind path is last."""
    names = iter(draw(st.lists(parameters, max_size=3, unique=True)))
    segments: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        name = next(names, None) if draw(st.booleans()) else None
        kind = draw(st.sampled_from(KINDS))
        segments.append(f"{{{name}{kind}}}" if name else draw(literals))
        if name and kind == ":path":
            return "/" + "/".join(segments)
    slash = draw(st.booleans()) if segments else False
    return "/" + "/".join(segments) + ("/" if slash else "")


types = st.one_of(
    st.lists(st.sampled_from(TYPES + FULL_TYPES), min_size=1, max_size=4, unique=True),
    st.just(["none"]),
)
consumed = st.sampled_from(
    ["", "", ">", "json>", "form>", "text>", "csv>", "bytes>", "xml>", "multipart>", "none>"]
)


@st.composite
def route_sets(draw: st.DrawFn, max_size: int = 14) -> str:
    """Routes, one a line, no two of them the same; half of them with names of their own."""
    lines: dict[str, str] = {}
    for path in draw(st.lists(paths(), min_size=1, max_size=max_size)):
        method = draw(st.sampled_from(METHODS))
        shape = method + re.sub(r"{\w+(:str)?", "{", path)
        produced = ",".join(draw(types))
        lines.setdefault(shape, f"{method} {path} {draw(consumed)}{produced}")
    named = enumerate(_named(draw, lines))
    return "\n".join(f"{line} {name[: 49 - len(str(n))]}_{n}" for n, (line, name) in named)


def _named(draw: st.DrawFn, lines: dict[str, str]) -> list[tuple[str, str]]:
    names = st.one_of(words, st.sampled_from(["show", "list_notes", LONG]))
    return [(line, draw(names).rstrip("_")) for line in lines.values()]


EXAMPLES = {kind: row["matches"] + row["misses"] for kind, row in _ROWS.items()}


@st.composite
def near(draw: st.DrawFn, routes: str) -> str:
    """A path whose segments are those of the routes, filled with what fits or nearly fits."""
    paths = [line.split()[1].split("/")[1:] for line in routes.splitlines()]
    segments = list(draw(st.sampled_from(paths)))
    if draw(st.booleans()):  # the tail of another route: two branches of the search meet
        other = draw(st.sampled_from(paths))
        segments = segments[: draw(st.integers(0, len(segments)))] + other[-1:]
    filled = []
    for segment in segments:
        kind = (re.findall(r":(\w+)}", segment) or ["str"])[0]
        some = draw(st.sampled_from([kind, kind, *EXAMPLES]))
        filled.append(draw(st.sampled_from(EXAMPLES[some])) if "{" in segment else segment)
    return "/" + "/".join(filled)
