"""The audit on strangers: six quickstarts as their documentation has them, and what a careful person says of them.

``+`` holds, ``-`` fails, ``?`` nobody could say: the app has no secret, no backing service, no admin command. The
audit may say that it cannot install what is declared (II): nothing is fetched here, and the cache may be empty.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from audited_apps import children, contents, lay, run_folders

from capsize import audit
from capsize.audit.factors import FACTORS

SIGNS = {"+": "holds", "-": "fails", "?": "unjudged"}
#             I II III IV  V VI VII VIII IX X XI XII
BY_HAND = {
    "flask": "+ +  -   ?  +  +  -   +   -  -  +  ?",
    "django": "+ + -   -  -  -  -   +   -  -  +  +",
    "aiohttp": "+ + ?  ?  +  -  +   +   +  ?  +  ?",
    "starlette": "+ + ? ? +  -  -   +   +  ?  +  ?",
    "litestar": "+ + ?  ?  +  -  -   +   +  ?  +  ?",
    "node": "+ +  ?   ?  +  -  +   +   -  ?  +  ?",
}
BECAUSE = {
    ("flask", "III"): "the secret is in the code",
    ("flask", "IX"): "loses the request that is in flight",
    ("django", "III"): "db.sqlite3",
    ("django", "IV"): "db.sqlite3",
    ("django", "V"): "starts anew when a source file is saved",
    ("django", "VI"): "lamp",
    ("django", "X"): "for development",
    ("aiohttp", "VI"): "lamp",
    ("starlette", "VII"): "127.0.0.1 alone",
}


@pytest.fixture(params=BY_HAND)
def stranger(request) -> str:
    """Take one framework after the other."""
    return request.param


def test_stranger_is_judged_as_a_careful_person_judges_it(stranger, tmp_path):
    """No verdict on a quickstart is false, the app is as it was, and nothing is left."""
    folder = lay(stranger, tmp_path)
    before = contents(folder), children(), run_folders()
    python = None if stranger == "node" else Path(sys.executable)
    found = audit.run_blocking(folder, slow="/report", write="POST /cart?sku=lamp", read="/cart", python=python)
    by_hand = [SIGNS[sign] for sign in BY_HAND[stranger].split()]
    if stranger == "node" and not shutil.which("node"):
        by_hand = ["unjudged"] * 12
    false = [
        f"{one.factor.numeral} {one.words}, by hand {verdict}: {one.because}"
        for one, verdict in zip(found.judgements, by_hand, strict=True)
        if one.verdict != verdict and not (one.factor.numeral == "II" and one.verdict == "unjudged")
    ]
    assert not false, "\n".join(false)
    assert all(words in found[numeral].because for (name, numeral), words in BECAUSE.items() if name == stranger)
    assert (contents(folder), children(), run_folders()) == before


def test_every_verdict_by_hand_is_for_a_factor():
    """The table has a verdict for each of the twelve factors of each of the six."""
    assert [len(row.split()) for row in BY_HAND.values()] == [len(FACTORS)] * 6
