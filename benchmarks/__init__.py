"""Generated projects side by side with frameworks: ``python -m benchmarks``."""

import conformance as conformance  # with it, tests/projects.py can be imported
