"""What every app of the shop needs."""
