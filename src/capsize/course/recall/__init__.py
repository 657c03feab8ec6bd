"""What a lab asks at its end, what a learner says, and the sentence that explains it."""

from __future__ import annotations

from capsize.course.recall.given import Recall, recall_of
from capsize.course.recall.question import Option, RecallQuestion

__all__ = ["Option", "Recall", "RecallQuestion", "recall_of"]
