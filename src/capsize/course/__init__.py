"""The course as a learner has it: its labs, their exercises, the learner's own copies and progress."""

from capsize.course.course import Course
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab

__all__ = ["Course", "Exercise", "Lab"]
