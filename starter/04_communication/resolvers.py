"""How GraphQL's resolvers ask the services behind them, and which queries are refused."""

from strawberry.dataloader import DataLoader
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter

DEPTH, ALIASES = 6, 10  # of a query, at most
LIMITS = []


class Loaders:
    """One for each query. ``await behind.products(skus)`` and ``behind.on_hand(skus)`` are one call each: a dict."""

    def __init__(self, behind):
        self.behind = behind

    async def product(self, sku):
        """Return a product, or None where it is not sold. Each product that a query shows calls this."""
        # TODO 4.3: have each service asked once, whatever a query shows, and refuse queries that are too much.
        return (await self.behind.products([sku])).get(sku)

    async def on_hand(self, sku):
        """Return how many pieces there are, or None where it is not sold. Each line that shows it calls this."""
        return (await self.behind.on_hand([sku])).get(sku)
