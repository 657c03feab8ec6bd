"""Lab 11's stack with a yard that does not look into its queue all the time."""

from __future__ import annotations

from dataclasses import replace

from capsize.stack.model import Stack

READ_EVERY = 2.0  # seconds between two looks of the yard


def slow_reader(stack: Stack) -> Stack:
    """Return the stack with a yard that looks into its queue once in READ_EVERY seconds."""
    yard = stack.services["yard"]
    slow = replace(yard, environment={**yard.environment, "READ_EVERY": str(READ_EVERY)})
    return replace(stack, services={**stack.services, "yard": slow})
