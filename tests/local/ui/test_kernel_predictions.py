"""A prediction's form on a real kernel, over the shell channel alone: what VS Code has, which uses no subshells."""

from __future__ import annotations

import json
import time

import pytest

ASKS = 'await boat.predict("sinks")'


class Form:
    """The form that the kernel shows, and what a frontend sends of it."""

    def __init__(self, kernel) -> None:
        self.kernel, self.comm = kernel, ""

    def wait_for_it(self, seconds: float = 20) -> None:
        """Wait until the kernel shows the form."""
        while not self.comm:
            message = self.kernel.client.get_iopub_msg(timeout=seconds)
            content = message["content"]
            if message["header"]["msg_type"] == "comm_open" and "question" in content["data"].get("state", {}):
                self.comm = content["comm_id"]

    def wait_for_words(self, words: str, seconds: float = 20) -> None:
        """Wait until the cell prints something."""
        while words not in self.kernel.client.get_iopub_msg(timeout=seconds)["content"].get("text", ""):
            pass

    def press(self, said: str) -> None:
        """Send an answer on the shell channel, to no subshell."""
        self.wait_for_it()
        data = {"method": "custom", "content": {"said": said}}
        client = self.kernel.client
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": self.comm, "data": data}))

    def wait_for_trouble(self, seconds: float = 20) -> str:
        """Wait until the form says what is wrong with an answer."""
        while True:
            content = self.kernel.client.get_iopub_msg(timeout=seconds)["content"]
            if content.get("comm_id") == self.comm and (said := content["data"].get("state", {}).get("trouble")):
                return said


@pytest.fixture
def boat(kernel):
    """A kernel whose next cell asks."""
    assert kernel.run('boat = lab("01_boat")') == ""
    return kernel


def kept(small):
    file = small.root / "work/progress.json"
    return json.loads(file.read_text())["predictions"]["01_boat"] if file.exists() else {}


def test_cell_waits_for_the_form_and_goes_on(boat, small):
    """A cell that asks ends when the form is filled in and its button is pressed, not before."""
    form = Form(boat)
    boat.begin(ASKS)
    form.press("perhaps")
    assert "not a choice" in form.wait_for_trouble()
    assert kept(small) == {}
    form.press("no")
    assert boat.end() == ""
    assert kept(small)["sinks"]["said"] == "no"


def test_run_all_halts_at_a_prediction(boat, small):
    """What was sent to the kernel after a cell that asks does not run before the answer."""
    form, mark = Form(boat), small.root / "ran"
    boat.begin(ASKS)
    form.wait_for_it()
    after = boat.client.execute(f"import pathlib; pathlib.Path({str(mark)!r}).touch()")
    form.press("perhaps")
    assert form.wait_for_trouble()
    assert not mark.exists()
    form.press("yes")
    assert boat.end() == ""
    boat.cell = after
    assert boat.end() == ""
    assert mark.exists()


def test_answer_typed_in_a_terminal_lets_the_cell_go_on(boat, small):
    """Where a form is of no use, `capsize predict` in a terminal answers for it."""
    boat.begin(ASKS)
    Form(boat).wait_for_it()
    predictions = small.course.lab(1).predictions
    predictions.give("sinks", predictions.question("sinks").answer("no"))
    assert boat.end() == ""


def test_interrupt_is_told_plainly_and_the_form_still_counts(boat, small):
    """After an interrupt the form is there; its answer is kept, and the cell asks no more."""
    form = Form(boat)
    boat.begin(ASKS)
    form.wait_for_it()
    boat.interrupt()
    assert boat.end() == "CapsizeError"
    form.press("no")
    assert boat.run(ASKS) == ""
    assert kept(small)["sinks"]["said"] == "no"


def test_kernel_that_takes_no_messages_meanwhile_keeps_the_answer_afterwards(boat, small):
    """Where clicks wait until the cell is over, as in older kernels, they are kept as soon as it is."""
    form = Form(boat)
    boat.begin(
        "import asyncio, time; asyncio.ensure_future(boat.predict('sinks')); await asyncio.sleep(0.1);"
        "print('blocked', flush=True); time.sleep(2)"
    )
    form.wait_for_it()
    form.wait_for_words("blocked")
    form.press("no")
    assert kept(small) == {}
    assert boat.end() == ""
    deadline = time.monotonic() + 10
    while not kept(small) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert kept(small)["sinks"]["said"] == "no"


def test_nobody_to_ask_is_said(boat):
    """A run without anybody, by nbconvert say, does not wait for ever: it says how to run it."""
    boat.cell = boat.client.execute(ASKS, allow_stdin=False)
    assert boat.end() == "CapsizeError"


def test_naive_answers_are_ci_s_alone(boat, small):
    """With CAPSIZE_PREDICTIONS=naive nobody is asked, and nothing is kept of it."""
    assert boat.run("import os; os.environ['CAPSIZE_PREDICTIONS'] = 'naive'; ci = lab('01_boat')") == ""
    boat.cell = boat.client.execute(
        "await ci.predict('sinks'); ci.compare_prediction('sinks', False)", allow_stdin=False
    )
    assert boat.end() == ""
    assert kept(small) == {}
