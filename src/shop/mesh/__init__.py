"""Lab 16's services, which know nothing of a mesh, and those who tell the sidecars of one what to do."""
