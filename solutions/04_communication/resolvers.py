"""How GraphQL's resolvers ask the services behind them, and which queries are refused."""

from strawberry.dataloader import DataLoader
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter

DEPTH, ALIASES = 6, 10  # of a query, at most
LIMITS = [lambda: QueryDepthLimiter(max_depth=DEPTH), lambda: MaxAliasesLimiter(max_alias_count=ALIASES)]


class Loaders:
    """One for each query. ``await behind.products(skus)`` and ``behind.on_hand(skus)`` are one call each: a dict."""

    def __init__(self, behind):
        self.behind = behind
        self.products = DataLoader(load_fn=lambda skus: in_order(behind.products, skus))
        self.pieces = DataLoader(load_fn=lambda skus: in_order(behind.on_hand, skus))

    async def product(self, sku):
        """Return a product, or None where it is not sold. Each product that a query shows calls this."""
        return await self.products.load(sku)

    async def on_hand(self, sku):
        """Return how many pieces there are, or None where it is not sold. Each line that shows it calls this."""
        return await self.pieces.load(sku)


async def in_order(ask, skus):
    """Return what a call knows of each sku, in the order of the skus."""
    found = await ask(skus)
    return [found.get(sku) for sku in skus]
