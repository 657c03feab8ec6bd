"""Schemas: what an event must have, and which change of that breaks somebody.

A schema has ``type``, ``properties`` (a schema for each field), ``required`` (names of fields) and ``enum`` (values).
"""


# TODO 11.2: require only what every event has, and name each change that breaks somebody, however deep it is.
def required(objects):
    """List the fields that objects like these must have."""
    return sorted(objects[0])


def breaks(old, new, within=""):
    """List what in a new version of a schema breaks somebody: a sentence each, with the field's name."""
    return []
