"""Where instances live: processes of this machine, or containers."""
