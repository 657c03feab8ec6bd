"""What the lab's services ask of each other: the bodies of their requests."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class Donation(BaseModel):
    """A sum for the lifeboats; the bank refuses one that is negative."""

    cents: Annotated[int, Field(ge=-1)]


class Due(BaseModel):
    """What is to be charged, for what, and by which of the bank's offices."""

    order_id: UUID
    cents: int
    office: Literal["bank", "fund"] = "bank"
