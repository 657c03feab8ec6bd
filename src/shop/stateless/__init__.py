"""Lab 06's app."""
