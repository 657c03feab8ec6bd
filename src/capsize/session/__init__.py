"""A running stack, held from another thread or another terminal: its handles, its faults, what it shows."""
