"""Lab 03's apps: the shop in four, each over a database of its own."""
