"""Schemas: what an event must have, and which change of that breaks somebody.

A schema has ``type``, ``properties`` (a schema for each field), ``required`` (names of fields) and ``enum`` (values).
"""


def required(objects):
    """List the fields that objects like these must have."""
    return sorted(set.intersection(*map(set, objects)))


def breaks(old, new, within=""):
    """List what in a new version of a schema breaks somebody: a sentence each, with the field's name."""
    was, now = old.get("properties", {}), new.get("properties", {})
    found = [f"{within}{name} is taken away" for name in was if name not in now]
    changed = {*old.get("required", [])} ^ {*new.get("required", [])}
    found += [f"{within}{name} is required in one version only" for name in changed]
    for name in was.keys() & now.keys():
        kinds = [(one.get("type"), sorted(map(str, one.get("enum", [])))) for one in (was[name], now[name])]
        found += [f"{within}{name} has another type or enum"] if kinds[0] != kinds[1] else []
        found += breaks(was[name], now[name], f"{within}{name}.")
    return found
