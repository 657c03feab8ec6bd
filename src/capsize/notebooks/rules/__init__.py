"""The house rules for a notebook, one file a subject. A rule is a function from a notebook to its findings."""

from __future__ import annotations

from capsize.notebooks.rules import code, constructs, exercises, form, predictions, prose, remember
from capsize.notebooks.rules.finding import Finding, Rule

__all__ = ["RULES", "Finding", "Rule"]

RULES: tuple[Rule, ...] = (
    *form.RULES,
    *prose.RULES,
    *code.RULES,
    *constructs.RULES,
    *exercises.RULES,
    *predictions.RULES,
    *remember.RULES,
)
