"""Patterns: which events each of the five offices gets. A pattern is what EventBridge matches an event with."""

PLACED = {"source": ["shop.orders"], "detail-type": ["OrderPlaced"]}
EVERYTHING = {"source": [{"prefix": "shop."}]}

PATTERNS = {
    # what any part of the shop says, also a part that is new tomorrow
    "auditors": EVERYTHING,
    # TODO 11.1: each of these four offices gets the orders that its line describes, and nothing else.
    # placed for another country than NL and DE; an order without a country is none of these
    "customs": EVERYTHING,
    # placed for 1000.00 or more: total_cents
    "vault": EVERYTHING,
    # placed as a gift: the field gift is there, and may be an empty text
    "wrapping": EVERYTHING,
    # placed for an item whose name begins with brass-
    "foundry": EVERYTHING,
}
