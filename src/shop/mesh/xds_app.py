"""What Envoy asks those who tell it what to do, over REST: one question for each kind of resource."""

from __future__ import annotations

from typing import Any

from shop.xds import Question

KINDS = {
    "secrets": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
    "routes": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    "endpoints": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
}


def question_of(kind: str, asked: dict[str, Any]) -> Question:
    """Read a DiscoveryRequest."""
    names = tuple(asked.get("resource_names", ()))
    return Question(asked["node"]["id"], kind, names, asked.get("version_info", ""))


def response(kind: str, version: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Write a DiscoveryResponse."""
    typed = [{"@type": KINDS[kind], **one} for one in resources]
    return {"version_info": version, "type_url": KINDS[kind], "resources": typed}
