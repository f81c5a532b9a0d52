"""`python -m conformance [http] [servers]`: write the tables in docs/."""

import sys

from conformance import tables
from harness.projects import ROOT

TABLES = {"http": tables.http, "servers": tables.servers}


def main() -> None:
    for name in sys.argv[1:] or TABLES:
        (ROOT / "docs" / f"{name}.md").write_text(TABLES[name](), "utf-8")
        print(f"docs/{name}.md")


if __name__ == "__main__":
    main()
