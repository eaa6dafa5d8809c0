"""Dry runs: a trace of changes, replayed through the scheduler's own rules and others' (no network)."""
