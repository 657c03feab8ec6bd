"""Uploads: the drawing for a customer's own flag. The browser asks where to PUT it, sends it, and may see it again."""

import os

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

router = APIRouter(prefix="/drawings")
SECONDS = int(os.environ["UPLOAD_SECONDS"])  # that a browser has to begin


@router.post("", status_code=201)
def invite(name: str):
    """Answer with the key of a new drawing, and with the URL to which the browser PUTs it."""
    # TODO 6.2: let the browser send it past the shop to the bucket, within SECONDS, and over nobody else's drawing.
    return {"key": name, "put": f"/disk/{name}"}


@router.get("/{key}")
def show(key: str):
    """Send the browser to where the drawing is."""
    return RedirectResponse(f"/disk/{key}")
