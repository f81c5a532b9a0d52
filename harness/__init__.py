"""Generate projects, run them, serve them, and talk to them: for tests, tables and benchmarks."""
