"""Patterns: which events each of the five offices gets. A pattern is what EventBridge matches an event with."""

PLACED = {"source": ["shop.orders"], "detail-type": ["OrderPlaced"]}
EVERYTHING = {"source": [{"prefix": "shop."}]}

PATTERNS = {
    # what any part of the shop says, also a part that is new tomorrow
    "auditors": EVERYTHING,
    # placed for another country than NL and DE; an order without a country is none of these
    "customs": {**PLACED, "detail": {"country": [{"anything-but": ["NL", "DE"]}]}},
    # placed for 1000.00 or more: total_cents
    "vault": {**PLACED, "detail": {"total_cents": [{"numeric": [">=", 100_000]}]}},
    # placed as a gift: the field gift is there, and may be an empty text
    "wrapping": {**PLACED, "detail": {"gift": [{"exists": True}]}},
    # placed for an item whose name begins with brass-
    "foundry": {**PLACED, "detail": {"item": [{"prefix": "brass-"}]}},
}
