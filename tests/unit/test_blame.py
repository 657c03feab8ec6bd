"""What is read from a log that ends with a crash."""

from __future__ import annotations

from capsize.runtime.blame import tail

CRASH = """\
[critical][assert] [watcher_impl.cc:32] assert failure: inotify_fd_ >= 0. Details: Consider increasing a limit
[critical][backtrace] [./source/server/backtrace.h:173] Caught Aborted, suspect faulting address 0x1a2a
[critical][backtrace] [./source/server/backtrace.h:160] Address mapping: 55ffcb64a000-55ffcf7b0000
[critical][backtrace] [./source/server/backtrace.h:167] #0: [0x7fb8a0b32050]
"""


def test_a_crash_shows_its_reason(tmp_path):
    """The end of Envoy's log is why it crashed, and no addresses in its memory."""
    log = tmp_path / "envoy.log"
    log.write_text(CRASH)
    assert tail(log, 2) == CRASH.splitlines()[:1]
