"""The doors for whoever plays an office in a lab: give it orders, see which calls are held, let them go on."""

from __future__ import annotations

from fastapi import APIRouter, Request

from shop.harbour.fault_script import Orders

router = APIRouter(prefix="/desks")


@router.put("/{office}")
async def tell(request: Request, office: str, orders: Orders) -> dict[str, str]:
    """Give an office its orders."""
    request.app.state.desks.tell(office, orders)
    return {"office": office}


@router.get("")
async def held(request: Request) -> list[dict[str, str]]:
    """List the calls that are held, the one that waits longest first."""
    waiting = request.app.state.desks.waiting
    return [{"office": one.office, "order_id": one.order_id, "point": one.point} for one in waiting]


@router.delete("")
async def release(request: Request) -> dict[str, int]:
    """Let every call that is held go on."""
    return {"released": request.app.state.desks.release()}
