"""Envoy between services: a listener per edge, its figures, its faults."""
