"""What may be sent to the shop's doors: the bodies of its requests."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field, PositiveInt


class Login(BaseModel):
    """Who wants in."""

    email: str
    password: str


class Cart(BaseModel):
    """How many of each item."""

    lines: dict[str, PositiveInt] = Field(min_length=1)


class Delivery(BaseModel):
    """Pieces that came in."""

    sku: str
    quantity: PositiveInt


class GiftCard(BaseModel):
    """The code on a card."""

    code: str


class Payment(BaseModel):
    """What to charge for which order."""

    order_id: UUID
    amount_cents: PositiveInt
