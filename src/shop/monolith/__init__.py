"""Lab 01's app: the whole shop in one process."""
