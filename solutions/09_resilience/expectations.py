"""Expectations of any circuit breaker: five failures in a row open it, for a second.

``await shop.orders(3)`` places orders one after the other, ``shop.crowd(3)`` at once; both return their answers, with a
``kind``: "201" placed, "503" no answer. ``await shop.asked()`` counts the calls that have gone out to payments.
``async with shop.failing():`` payments answer 503; ``shop.hanging()``: nothing; ``shop.refusing()``: 409, a refusal.
``await shop.rest(1.3)`` waits. ``claim(holds, "what you expect")``. Each function is run with shops that are new.
"""


async def expect_closed(shop, claim):
    """What may happen, and it stays closed?"""
    for trouble, count in ((shop.failing, 4), (shop.failing, 4), (shop.refusing, 7)):
        async with trouble():
            await shop.orders(count)
        claim((await shop.orders(1))[0].kind == "201", "what is no row of five failures does not open it")


async def expect_open(shop, claim):
    """Who is asked while it is open, however payments fail?"""
    async with shop.hanging():
        await shop.crowd(5)
        before = await shop.asked()
        answers = await shop.crowd(10)
        claim(answers[0].kind == "503" and await shop.asked() <= before + 2, "nobody is asked while it is open")


async def expect_half_open(shop, claim):
    """How many try when the second is over, and what happens when payments are back?"""
    async with shop.hanging():
        await shop.crowd(5)
        await shop.rest(1.3)
        before = await shop.asked()
        answers = await shop.crowd(10)
        claim(answers[0].kind == "503" and await shop.asked() <= before + 3, "one call tries, and no other")
    await shop.rest(1.3)
    await shop.orders(1)
    claim({answer.kind for answer in await shop.crowd(5)} == {"201"}, "all are served when payments are back")
