"""Generated projects side by side with frameworks: ``python -m benchmarks``."""
