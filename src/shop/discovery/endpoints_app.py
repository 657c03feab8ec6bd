"""The platform's knowledge of copies, handed on in two ways: DNS with a TTL, and a feed of endpoints for Envoy.

``PUT /zone/NAME`` is for those who play the zone in a lab: it fixes what is said of a name.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request, Response

from shop.core.app_factory import front
from shop.discovery.health_checks import Checked
from shop.discovery.place import Place
from shop.discovery.zone import Entry, Zone
from shop.names import MEDIA

HELD = 10.0  # seconds that Envoy's question waits for news
ENDPOINTS = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"

checked = Checked()
zone = Zone(checked.alive, int(os.environ["TTL"]))


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    checking = asyncio.create_task(checked.keep_checking())
    yield
    checking.cancel()


app = front("Endpoints", _lifespan)


@app.put("/services/{service}/{name}")
async def put(service: str, name: str, place: Place) -> dict[str, bool]:
    """Take in where a copy is."""
    await checked.put(service, name, place.address)
    return {"taken": True}


@app.delete("/services/{service}/{name}")
async def remove(service: str, name: str) -> dict[str, bool]:
    """Take out a copy that says goodbye."""
    await checked.remove(service, name)
    return {"left": True}


@app.post("/dns-query")
async def resolve(request: Request) -> Response:
    """Answer a question of DNS (RFC 8484)."""
    return Response(zone.answer(await request.body()), media_type=MEDIA)


@app.put("/zone/{name}")
async def fix(name: str, entry: dict[str, Any]) -> dict[str, bool]:
    """Fix what the zone says of a name, whatever the checks say."""
    zone.fixed[name] = Entry(**{**entry, "addresses": tuple(entry.get("addresses", ()))})
    return {"fixed": True}


@app.get("/asked")
async def asked() -> dict[str, int]:
    """Count the questions by name."""
    return dict(zone.asked)


@app.post("/v3/discovery:endpoints")
async def feed(request: Request) -> Response:
    """Tell Envoy the endpoints of the services that it asks for; hold it while it knows the newest."""
    question = await request.json()
    if question.get("version_info") == str(checked.version):
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD), checked.news:
                await checked.news.wait()
    if question.get("version_info") == str(checked.version):
        return Response(status_code=304)
    return Response(_discovered(question.get("resource_names", [])), media_type="application/json")


def _discovered(services: list[str]) -> str:
    found = [{"@type": ENDPOINTS, "cluster_name": service, "endpoints": [_endpoints(service)]} for service in services]
    return json.dumps({"version_info": str(checked.version), "type_url": ENDPOINTS, "resources": found})


def _endpoints(service: str) -> dict[str, Any]:
    """Write the copies of a service in Envoy's words."""
    places = [address.rpartition(":") for address in checked.alive(service)]
    at = [{"socket_address": {"address": host, "port_value": int(port)}} for host, _, port in places]
    return {"lb_endpoints": [{"endpoint": {"address": address}} for address in at]}
