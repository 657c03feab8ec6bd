"""The shop's workers: each takes what it is for off a stream, and has the harbour do it."""
