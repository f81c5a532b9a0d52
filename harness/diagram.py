"""Draw which file of macros imports which.

`.venv/bin/python -m harness.diagram` puts the diagram into CONTRIBUTING.md.
"""

import re
from graphlib import TopologicalSorter

from jinja2 import meta

from harness.projects import ROOT
from harness.rendering import environment

PAGE = ROOT / "CONTRIBUTING.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.S)


def imports() -> dict[str, list[str]]:
    """Return for each file of macros the files that it imports, all without `.jinja`."""
    found = {}
    for file in sorted((ROOT / "macros").glob("*.jinja")):
        tree = environment().parse(file.read_text("utf-8"))
        paths = {str(path) for path in meta.find_referenced_templates(tree)}
        names = {path.removeprefix("macros/").removesuffix(".jinja") for path in paths}
        found[file.stem] = sorted(names)
    return found


def diagram() -> str:
    """Return a Mermaid block with each file above those that it imports.

    Raises graphlib.CycleError if no order has all arrows pointing down.
    """
    found = imports()
    names = reversed([*TopologicalSorter(found).static_order()])
    lines = [f"    {name} --> {' & '.join(found[name])}" for name in names if found[name]]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(diagram(), PAGE.read_text("utf-8")), "utf-8")
