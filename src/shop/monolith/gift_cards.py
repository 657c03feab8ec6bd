"""Gift cards: a small corner of payments that reads card codes with a native library, as printers' vendors ship them.

The library trusts its input. A code of a series that it does not know takes the whole process down.
"""

from __future__ import annotations

import ctypes

# The vendor's table: where in memory the value of a series' cards is written.
_VALUES = {"BUOY": ctypes.c_int(1_000), "MAST": ctypes.c_int(5_000)}
_TABLE = {series: ctypes.addressof(cents) for series, cents in _VALUES.items()}


def value_cents(code: str) -> int:
    """Return what a card is worth, from a code such as BUOY-0001."""
    series = code.partition("-")[0]
    address = _TABLE.get(series, 0)  # the vendor's bug: an unknown series has address 0, and nobody looks
    return ctypes.c_int.from_address(address).value
