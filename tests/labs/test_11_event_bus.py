"""The checks of lab 11: who hears of an event, what it looks like, what a replay repeats, and who need not ask."""

from __future__ import annotations

from lab11_bonus import Bonus
from lab11_parcels import Parcels
from lab11_patterns import Post
from lab11_schemas import Registry

from capsize.check import Judge, exercise
from capsize.check.kit import browser, only
from capsize.session.running import RunningStack
from workbench.harbour_control import Harbourside
from workbench.labs.events_control import BusSide

OURS = "motoserver/moto closes none of the gaps of EventBridge that the kit's process closes"


@exercise("11.1", deadline=90, changed=only("aws", "bus", RULES="patterns"))
async def test_each_office_gets_what_is_its_own(stack: RunningStack, judge: Judge):
    """Each office's queue gets the events that its line describes, and no others, at the edges too."""
    post = Post(judge, BusSide(stack))
    await post.judge_orders()
    await post.judge_others()
    await post.judge_edges()


@exercise("11.2", deadline=90, changed=only("aws", "bus", "registry", RULES="discoverer"), uncontained=OURS)
async def test_a_breaking_change_is_refused(stack: RunningStack, judge: Judge):
    """What events look like is discovered; a version that breaks somebody is refused with reasons, and no other is."""
    async with browser(stack, "registry") as door:
        registry = Registry(judge, BusSide(stack), door)
        await registry.judge_discovery()
        await registry.judge_breaks()
        await registry.judge_depth()
        await registry.judge_harmless()


@exercise(
    "11.3",
    deadline=120,
    changed=only("aws", "bus", "bonus", "harbour", "harbour-db", RULES="bonus"),
    uncontained=OURS,
)
async def test_a_replay_repairs_and_repeats_nothing(stack: RunningStack, judge: Judge):
    """Every order has its bonus once, whatever comes again; a replay keeps to its window and to its rule."""
    async with Harbourside(stack) as fund, browser(stack, "bonus") as door:
        bonus = Bonus(judge, BusSide(stack), fund, door)
        await bonus.judge_peace()
        await bonus.judge_lost_answers()
        await bonus.judge_outage()
        await bonus.judge_replay()
        await bonus.judge_again()


@exercise("11.4", deadline=90, changed=only("aws", "bus", "shop", "yard", RULES="parcels"))
async def test_the_yard_need_not_ask(stack: RunningStack, judge: Judge):
    """The yard answers from what events have carried, with the newest version, and no event carries a card."""
    async with browser(stack, "shop") as shop, browser(stack, "yard") as yard:
        parcels = Parcels(judge, BusSide(stack), shop, yard)
        await parcels.judge_answers()
        await parcels.judge_order()
        await parcels.judge_events()
