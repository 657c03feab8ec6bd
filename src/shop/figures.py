"""A sidecar's own figures, as it shows them to Prometheus: what a cluster has been asked, and what failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE = re.compile(r"^(?P<name>\w+)\{(?P<labels>[^}]*)\} (?P<value>\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class CallCounts:
    """Calls that were answered since the sidecar's start, and those of them that were a 5xx."""

    answered: int
    failed: int

    def __sub__(self, before: CallCounts) -> CallCounts:
        return CallCounts(self.answered - before.answered, self.failed - before.failed)


def figures(text: str) -> dict[tuple[str, str, str], float]:
    """Read a page of figures: by name, cluster and class of the answer, with "" where a line has none."""
    found = {}
    for line in LINE.finditer(text):
        labels = dict(LABEL.findall(line["labels"]))
        key = line["name"], labels.get("envoy_cluster_name", ""), labels.get("envoy_response_code_class", "")
        found[key] = float(line["value"])
    return found


def counts_of(text: str, cluster: str) -> CallCounts:
    """Read from a page of figures how a cluster's calls were answered."""
    classes = {kind: figures(text).get(("envoy_cluster_upstream_rq_xx", cluster, kind), 0) for kind in "2345"}
    return CallCounts(int(sum(classes.values())), int(classes["5"]))
