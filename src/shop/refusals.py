"""The answers that are a customer's business rather than a bug: each carries its HTTP status."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Refuse a request in words that its sender can act on."""

    status = 400


class NotLoggedIn(Refused):
    """Refuse a request that carries no session of ours."""

    status = 401


class NotFound(Refused):
    """Refuse a request for a thing that is not there, or is not this customer's."""

    status = 404


class SoldOut(Refused):
    """Refuse an order that asks for more than is on the shelf."""

    status = 409


class KeyReused(Refused):
    """Refuse a cart that comes under the key of another cart."""

    status = 422


class TooLarge(Refused):
    """Refuse a request that asks for more than one request may."""

    status = 413


class TooMany(Refused):
    """Refuse a request of somebody who asks more often than agreed."""

    status = 429


class TooMuch(Refused):
    """Refuse to give back more of an order than was paid for it."""

    status = 409


class Busy(Refused):
    """Refuse a request at once, because too many of its kind wait already."""

    status = 503


class TooLate(Refused):
    """Give up a request whose sender does not wait any more."""

    status = 504
