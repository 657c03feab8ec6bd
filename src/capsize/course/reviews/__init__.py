"""What was passed comes back after days: when, and with which prediction."""

from __future__ import annotations

from capsize.course.reviews.due import Due, due_of
from capsize.course.reviews.predicted import PredictionAgain

__all__ = ["Due", "PredictionAgain", "due_of"]
