"""What decides: the supervisor, its instances, and the rules by which they start, change and end."""
