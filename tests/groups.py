"""Tests of one ``xdist_group`` run in one process, so that they can share what takes long to start.

``--dist loadgroup`` promises it by a word behind the test's name. xdist 3.8 writes that word where pytest 9.2 does not
read it any more, and says nothing: https://github.com/pytest-dev/pytest-xdist/issues/1386. It is written here.
"""

from __future__ import annotations

import pytest
from _pytest.nodeid import NodeId


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(f"@{group.args[0]}"):
            item._id = NodeId.parse(f"{item.nodeid}@{group.args[0]}")
