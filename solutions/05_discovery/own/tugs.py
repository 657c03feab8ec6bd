"""The tugs that the desk knows: what the registry has said of them, and to which of them it may send a customer."""

import os
import time

LEASE = float(os.environ["LEASE_SECONDS"])  # the registry lists a tug until it has not heard it for so long


class Tugs:
    """What the desk remembers of the registry's lists."""

    def __init__(self):
        self._listed, self._seen = {}, {}

    def heard(self, listed):
        """Take in the registry's list, {name: address}. While it answers, one comes each tenth of a second."""
        now, self._listed = time.monotonic(), listed
        self._seen |= {name: (address, now) for name, address in listed.items()}
        if self._is_believed():  # then a tug that has been missing for a lease is gone
            self._seen = {name: (address, at) for name, (address, at) in self._seen.items() if at > now - LEASE}

    def to_call(self):
        """Return {name: address} of the tugs for customers. They take turns; if one does not answer, another is called.

        A customer for whom there is no tug gets a 503.
        """
        return self._listed if self._is_believed() else {name: address for name, (address, _) in self._seen.items()}

    def _is_believed(self):
        """Return False if most tugs are missing: then it is not the tugs that are away, it is the registry."""
        return 2 * len(self._listed) >= len(self._seen)
