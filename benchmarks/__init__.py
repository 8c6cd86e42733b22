"""Measurements: `python -m benchmarks` times every layer, `benchmarks.soak` looks for what only time shows."""
