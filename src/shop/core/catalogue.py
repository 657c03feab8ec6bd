"""What the chandlery sells: the same items, prices, stock and past sales at every first start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PLENTY = 1_000_000
WEEKS = 72


@dataclass(frozen=True)
class Item:
    """A thing on the shelf. ``price_cents`` is what one piece costs; ``stock`` is how many there are at the start."""

    sku: str
    name: str
    price_cents: int
    stock: int = PLENTY


# Two items are scarce, so that customers can race for them; the rest outlasts any load test.
ITEMS = (
    Item("brass-lantern", "Brass lantern", 4_950, stock=50),
    Item("storm-lantern", "Storm lantern", 7_200, stock=50),
    Item("anchor-10kg", "Plough anchor, 10 kg", 12_900),
    Item("anchor-chain", "Anchor chain, 10 m", 8_400),
    Item("bilge-pump", "Hand bilge pump", 6_150),
    Item("binnacle", "Binnacle compass", 21_900),
    Item("block-single", "Single block", 1_850),
    Item("block-double", "Double block", 2_700),
    Item("boat-hook", "Boat hook, ash", 2_950),
    Item("bollard", "Bollard, cast iron", 9_900),
    Item("bosun-chair", "Bosun's chair", 11_500),
    Item("bucket-oak", "Oak bucket", 3_400),
    Item("caulking-iron", "Caulking iron", 1_650),
    Item("chart-north", "Chart of the northern coast", 2_200),
    Item("chart-south", "Chart of the southern coast", 2_200),
    Item("cleat-bronze", "Bronze cleat", 1_450),
    Item("dividers", "Brass dividers", 1_950),
    Item("ensign", "Ensign, sewn", 3_100),
    Item("fender-rope", "Rope fender", 2_600),
    Item("foghorn", "Foghorn", 4_300),
    Item("grapnel", "Grapnel", 5_250),
    Item("hawser", "Hawser, 20 m", 14_700),
    Item("heaving-line", "Heaving line", 1_200),
    Item("hourglass", "Half-hour glass", 3_850),
    Item("lead-line", "Lead line", 2_050),
    Item("life-ring", "Life ring", 4_600),
    Item("log-line", "Log line and chip", 2_400),
    Item("marlinspike", "Marlinspike", 1_100),
    Item("oakum", "Oakum, 1 kg", 800),
    Item("oar-pair", "Pair of oars", 8_900),
    Item("oilskin", "Oilskin coat", 9_800),
    Item("parallel-rule", "Parallel rule", 1_750),
    Item("sail-needle", "Sail needles, six", 600),
    Item("sailcloth", "Sailcloth, 5 m", 7_700),
    Item("sextant", "Sextant", 48_000),
    Item("shackle", "Bow shackle", 700),
    Item("ships-bell", "Ship's bell", 13_300),
    Item("spyglass", "Spyglass", 16_400),
    Item("tar-pine", "Pine tar, 2 l", 1_900),
    Item("thimble", "Thimbles, ten", 900),
)


def past_weeks(position: int) -> list[int]:
    """Return how many pieces of the item at ``position`` each past week sold: a season, and some noise."""
    return list(_weeks(position))


def _weeks(position: int) -> Iterator[int]:
    for week in range(WEEKS):
        season = 20 - abs(week - WEEKS // 2) // 2
        noise = (week * week * 7 + position * 31 + week * position * 13) % 17
        yield season + noise + position % 9
