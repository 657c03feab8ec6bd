"""What the kit costs, measured: ``make bench``, or ``python -m benchmarks --help``."""
