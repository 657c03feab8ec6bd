"""Lab 11's bus, and the services on both sides of it."""
