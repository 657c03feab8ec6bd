"""An exercise's tests, run on the learner's files, and the verdict on what happened.

A check module needs two names: ``from capsize.check import Judge, exercise``.
"""

from capsize.check.decorator import exercise
from capsize.check.judge import Judge, Refusal
from capsize.check.run import Checking, begin
from capsize.check.verdict import Verdict

__all__ = ["Checking", "Judge", "Refusal", "Verdict", "begin", "exercise"]
