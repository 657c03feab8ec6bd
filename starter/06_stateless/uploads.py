"""Uploads: the drawing for a customer's own flag. The browser asks where to PUT it, sends it, and may see it again."""

import os

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

router = APIRouter(prefix="/drawings")
SECONDS = int(os.environ["UPLOAD_SECONDS"])  # a browser must begin to send within this time


@router.post("", status_code=201)
def invite(name: str):
    """Answer with the key of a new drawing, and with the URL to which the browser sends it by PUT."""
    # TODO 6.2: browsers send drawings straight to the bucket, within SECONDS, and never overwrite another drawing.
    return {"key": name, "put": f"/disk/{name}"}


@router.get("/{key}")
def show(key: str):
    """Redirect the browser to the drawing."""
    return RedirectResponse(f"/disk/{key}")
