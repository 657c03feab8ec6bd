"""Where a copy is, as it tells those who want to know."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Place(BaseModel):
    """An address: ``host:port``."""

    address: str = Field(pattern=r"^[^:/\s]+:\d+$")
