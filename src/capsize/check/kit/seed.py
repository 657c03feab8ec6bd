"""The number that a check's draws come from. Deprecated: a check draws from ``judge.draw``."""

from capsize.check.draw import seed_of

SEED = seed_of()
