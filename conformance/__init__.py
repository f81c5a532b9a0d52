"""The same probes against the generated project, four frameworks and nine servers."""

import sys
from pathlib import Path

# tests/projects.py generates projects, for the tests, the tables and the benchmarks.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
