"""How fast and how big, each figure beside a baseline that was measured in the same run: python -m benchmarks."""
