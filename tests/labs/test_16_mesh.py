"""The checks of lab 16: certificates that end, who may do what, a release that can be undone, and a control plane."""

from __future__ import annotations

from lab16_certificates import SECONDS, Certificates
from lab16_control import Plane
from lab16_policy import Policy
from lab16_release import CUSTOMERS, Releases

from capsize.check import Judge, exercise
from capsize.check.kit import only
from capsize.session.running import RunningStack
from workbench.labs.mesh_control import Meshside

CALLERS = ("orders", "orders-proxy", "catalogue", "catalogue-proxy", "authority", "control")
PAYMENTS, SECOND = ("payments", "payments-proxy"), ("catalogue-v2", "catalogue-v2-proxy")
SETTLED, POLLED = "shop.mesh.settled", "shop.mesh.polled"


@exercise("16.1", deadline=120, changed=only(*CALLERS, *PAYMENTS, CONTROL=POLLED, CERTIFICATE_SECONDS=SECONDS))
async def test_certificates_end_and_nobody_notices(stack: RunningStack, judge: Judge):
    """Certificates end and the root is replaced while customers order; afterwards the old root counts for nothing."""
    async with Meshside(stack) as mesh:
        certificates = Certificates(judge, mesh)
        await certificates.until_open()
        await certificates.judge_ends()
        await certificates.judge_root()


@exercise("16.2", deadline=90, changed=only(*CALLERS, *PAYMENTS, CONTROL=POLLED, AUTHORITY=SETTLED))
async def test_orders_alone_may_charge(stack: RunningStack, judge: Judge):
    """Each caller may do what its identity allows, whatever else it says of itself."""
    async with Meshside(stack) as mesh:
        policy = Policy(judge, mesh)
        await policy.judge_orders()
        await policy.judge_readers()
        await policy.judge_others()
        await policy.judge_rest()


@exercise("16.3", deadline=180, changed=only(*CALLERS, *SECOND, "release", CONTROL=POLLED, AUTHORITY=SETTLED))
async def test_a_release_ends_where_it_should(stack: RunningStack, judge: Judge):
    """A good version gets to all customers, a sick one is taken back, and nothing is decided by guess."""
    async with Meshside(stack) as mesh:
        releases = Releases(judge, mesh)
        async with mesh.busy(prices=CUSTOMERS):
            await releases.judge_sick()
            await releases.judge_healthy()
        await releases.judge_late()
        await releases.judge_idle()
        await releases.judge_blind()


@exercise("16.4", deadline=120, changed=only(*CALLERS, *SECOND, AUTHORITY=SETTLED))
async def test_sidecars_hear_what_is_wanted(stack: RunningStack, judge: Judge):
    """Changes are in force soon, refusals are known, lost answers come again; a dead control plane harms nobody."""
    async with Meshside(stack) as mesh:
        plane = Plane(judge, mesh)
        await plane.until_open()
        async with mesh.busy(prices=2):
            await plane.judge_quiet()
            await plane.judge_changes()
            await plane.judge_refused()
            await plane.judge_death()
        await plane.judge_lost()
