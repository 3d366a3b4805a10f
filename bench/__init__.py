"""The benchmark: `make bench` builds colleges of three sizes, measures, and writes docs/benchmark.md."""
