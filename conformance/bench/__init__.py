"""Benchmarks on made-up logs: costs as ratios to a floor, measured in one run (`python -m conformance.bench`)."""
