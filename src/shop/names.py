"""Questions to the name server, in DNS's own messages: SRV records, which have a host, a port and a TTL.

The messages travel as POST requests (RFC 8484), so that a wire can count, delay and cut them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import httpx

from shop.answers import Unanswered

ANSWERED_WITHIN = 0.5  # seconds
ORDERS = "orders.shop.test"  # the name of orders
SERVICE, MEDIA = "_http._tcp", "application/dns-message"


@dataclass(frozen=True)
class Answer:
    """What the name server says of a name. All times are seconds.

    ``addresses`` has a ``host:port`` for each SRV record, and ``ttl`` is theirs. If there is no such name,
    ``addresses`` is empty, and ``soa_ttl`` and ``soa_minimum`` are those of the zone's SOA record: the negative answer
    is good for the smaller one of them (RFC 2308).
    """

    addresses: list[str]
    ttl: int = 0
    soa_ttl: int = 0
    soa_minimum: int = 0


async def ask(name: str) -> Answer:
    """Ask the name server where the copies of a name are. Raises Unanswered if it does not answer, or fails."""
    question = dns.message.make_query(f"{SERVICE}.{name}", dns.rdatatype.SRV)
    headers = {"Content-Type": MEDIA, "Accept": MEDIA}
    try:
        reply = await _client().post("/dns-query", content=question.to_wire(), headers=headers)
        message = dns.message.from_wire(reply.raise_for_status().content)
    except (httpx.HTTPError, dns.exception.DNSException) as error:
        raise Unanswered(f"the name server does not answer for {name}") from error
    if message.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise Unanswered(f"the name server fails for {name}: {dns.rcode.to_text(message.rcode())}")
    return _read(message)


def _read(message: dns.message.Message) -> Answer:
    hosts = {record.name: record[0].address for record in message.additional}
    for records in message.answer:
        return Answer([f"{hosts[one.target]}:{one.port}" for one in records], ttl=records.ttl)
    soa = message.authority[0]
    return Answer([], soa_ttl=soa.ttl, soa_minimum=soa[0].minimum)


@cache
def _client() -> httpx.AsyncClient:
    url = os.environ["ENDPOINTS_URL"]
    return httpx.AsyncClient(base_url=url, timeout=ANSWERED_WITHIN, trust_env=False, verify=False)  # no TLS
