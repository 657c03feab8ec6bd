"""Solutions changed by one small step each: what a lab's checks do not refuse of them is a hole in the checks.

Steps are spans of the text and what is put there, by the places that ``ast`` and PyYAML's composer know, so the rest of
the file stays as it is written. Libraries of mutants know neither manifests nor Envoy's files, and run pytest
themselves, on one process's modules.
"""
