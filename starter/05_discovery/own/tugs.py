"""The tugs that the desk knows: what the registry has said of them, and to which of them it may send a customer."""

import os
import time

LEASE = float(os.environ["LEASE_SECONDS"])  # the registry lists a tug until it has not heard it for so long


class Tugs:
    """What the desk remembers of the registry's lists."""

    def __init__(self):
        self._listed, self._heard = {}, 0.0

    def heard(self, listed):
        """Take in the registry's list, {name: address}. While it answers, one comes each tenth of a second."""
        self._listed, self._heard = listed, time.monotonic()

    def to_call(self):
        """Return {name: address} of the tugs for customers. They take turns; if one does not answer, another is called.

        A customer for whom there is no tug gets a 503.
        """
        return self._listed if time.monotonic() < self._heard + LEASE else {}
