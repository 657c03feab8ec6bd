"""The seed for what is drawn before the stack starts, such as its settings; checks draw from ``judge.draw``."""

from capsize.check.draw import seed_of

SEED = seed_of()
