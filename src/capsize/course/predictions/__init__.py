"""What a lab asks before its experiments, what a learner says, and how that compares with what was measured."""

from __future__ import annotations

from capsize.course.predictions.comparison import PredictionComparison
from capsize.course.predictions.given import Prediction, Predictions
from capsize.course.predictions.question import Answer, Question

__all__ = ["Answer", "Prediction", "PredictionComparison", "Predictions", "Question"]
