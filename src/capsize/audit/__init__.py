"""The twelve-factor audit: any HTTP app, run as a stranger would run it, judged by experiments.

``run(path, slow="/report", write="POST /cart?sku=lamp", read="/cart")`` returns the twelve judgements.
"""

from capsize.audit.auditing import run, run_blocking
from capsize.audit.judgement import Judgement
from capsize.audit.result import TwelveFactors

__all__ = ["Judgement", "TwelveFactors", "run", "run_blocking"]
