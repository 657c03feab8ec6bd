"""Uploads: the drawing for a customer's own flag. The browser asks where to PUT it, sends it, and may see it again."""

import os
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from shop import bucket

router = APIRouter(prefix="/drawings")
SECONDS = int(os.environ["UPLOAD_SECONDS"])  # a browser must begin to send within this time


@router.post("", status_code=201)
def invite(name: str):
    """Answer with the key of a new drawing, and with the URL to which the browser sends it by PUT."""
    key = uuid4().hex  # customers choose the names, and two of them may send a flag.png
    return {"key": key, "put": _signed("put_object", key)}


@router.get("/{key}")
def show(key: str):
    """Redirect the browser to the drawing."""
    return RedirectResponse(_signed("get_object", key))


def _signed(action, key):
    where = {"Bucket": bucket.NAME, "Key": key}
    return bucket.outside().generate_presigned_url(action, Params=where, ExpiresIn=SECONDS)
