"""The parts that checks are put together from: the stack that a check needs, its clients, its waits, its seed."""

from capsize.check.kit.account import Excuse, account
from capsize.check.kit.clients import browser, database
from capsize.check.kit.faults import during
from capsize.check.kit.forms import Form, deaths, forms
from capsize.check.kit.seed import SEED
from capsize.check.kit.stack_change import only
from capsize.check.kit.waits import too_busy, until

__all__ = [
    "SEED",
    "Excuse",
    "Form",
    "account",
    "browser",
    "database",
    "deaths",
    "during",
    "forms",
    "only",
    "too_busy",
    "until",
]
