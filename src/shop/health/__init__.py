"""Lab 08's apps."""
