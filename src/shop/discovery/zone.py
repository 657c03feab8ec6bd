"""A zone of DNS: it answers questions for SRV records. NAME.shop.test leads to the copies that pass their checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

SERVICE, ORIGIN = "_http._tcp.", ".shop.test."
SOA = "ns.shop.test. keeper.shop.test. 1 60 60 60"  # the minimum comes after it


@dataclass(frozen=True)
class Entry:
    """What the zone says of a name: addresses and their TTL, or the times of its SOA. All times are seconds."""

    addresses: tuple[str, ...] = ()
    ttl: int = 5
    soa_ttl: int = 5
    soa_minimum: int = 5
    fails: bool = False  # SERVFAIL: the server does not know


class Zone:
    """Answers for names that were ``fixed``, and for services by what ``alive`` says. ``asked`` counts questions."""

    def __init__(self, alive: Callable[[str], list[str]], ttl: int) -> None:
        self._alive, self._ttl = alive, ttl
        self.fixed: dict[str, Entry] = {}
        self.asked: Counter[str] = Counter()

    def answer(self, wire: bytes) -> bytes:
        """Answer a DNS message with one. Raises dnspython's errors where it is not one."""
        question = dns.message.from_wire(wire)
        name = question.question[0].name
        wanted = name.to_text().removeprefix(SERVICE).rstrip(".")
        self.asked[wanted] += 1
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.AA
        _fill(reply, name, self.fixed.get(wanted) or self._entry(wanted))
        return reply.to_wire()

    def _entry(self, wanted: str) -> Entry:
        addresses = self._alive(wanted.removesuffix(ORIGIN.rstrip(".")))
        return Entry(tuple(addresses), self._ttl, self._ttl, self._ttl)


def _fill(reply: dns.message.Message, name: dns.name.Name, entry: Entry) -> None:
    """Write the records of an entry: SRV with an address for each host, or the SOA of a name that is not there."""
    if entry.fails:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif not entry.addresses:
        reply.set_rcode(dns.rcode.NXDOMAIN)
        soa = f"{SOA} {entry.soa_minimum}"
        reply.authority.append(dns.rrset.from_text("shop.test.", entry.soa_ttl, "IN", "SOA", soa))
    else:
        records = []
        for number, address in enumerate(entry.addresses, 1):
            host, _, port = address.rpartition(":")
            target = f"copy-{number}.{name.to_text().removeprefix(SERVICE)}"
            records.append(f"0 10 {port} {target}")
            reply.additional.append(dns.rrset.from_text(target, entry.ttl, "IN", "A", host))
        reply.answer.append(dns.rrset.from_text(name, entry.ttl, "IN", "SRV", *records))
