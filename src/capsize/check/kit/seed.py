"""The number that a check's draws come from: a new one for each run, or that of a verdict that is to be repeated."""

import os
import random

SEED = int(os.environ.get("CAPSIZE_SEED") or random.randrange(1_000_000))
