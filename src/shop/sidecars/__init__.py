"""Sidecars: what stands beside the app in its pod, each with a front door of its own and one of the learner's files."""
