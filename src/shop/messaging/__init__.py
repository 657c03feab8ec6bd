"""Lab 10's app and workers."""
