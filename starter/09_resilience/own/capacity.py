"""Capacity: how many pilots the harbour pays for, and how many ships may wait. The lab's list has the prices."""

COPIES = 1  # of the service
PILOTS = 8  # in each copy; each takes one ship at a time
WAITING = 1000  # ships that may wait in each copy
