"""Lab 09: one slow service, all that wait for it, and what keeps the rest afloat."""
