"""`python -m conformance [http] [servers]`: write the tables in docs/."""

import sys
from pathlib import Path

from . import frameworks, servers

DOCS = Path(__file__).parent.parent / "docs"
TABLES = {"http": frameworks.document, "servers": servers.document}

for name in sys.argv[1:] or TABLES:
    (DOCS / f"{name}.md").write_text(TABLES[name](), "utf-8")
    print(f"docs/{name}.md")
