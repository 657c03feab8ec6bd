"""Lab 09: one slow service, whoever waits for it, and what keeps the rest afloat."""
