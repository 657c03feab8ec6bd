"""Pictures of reports."""

from __future__ import annotations

import subprocess
import sys

import pytest
from load_reports import bucket, report

from capsize.load import Backlog, Look, compare
from capsize.load.plot import plot_backlog, plot_copies, plot_goodput, plot_knee, plot_names

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def whole():
    middle = bucket(0.25, 0, [], offered=25)
    failing = bucket(0.5, 2, [1000], [20], {"503 Service Unavailable": 1}, offered=25)
    return report(bucket(0.0, 25, offered=25), middle, failing, rate=100.0, marks=((0.3, "shop-1 killed"),))


def test_notebook_gets_settings_and_a_picture(whole):
    """What nbval compares is the settings; the rest is a PNG."""
    shown = whole._repr_mimebundle_()
    assert shown["text/plain"] == "LoadReport(users=2, seconds=1, rate=100)"
    assert sorted(shown) == ["image/png", "text/plain"]


def test_plot_names_what_happened(whole):
    """The stack's timeline is written into the plot."""
    words = [text.get_text() for text in whole.plot().figure.axes[0].texts]
    assert words == ["shop-1 killed"]


def test_marks_too_close_for_words_share_a_line():
    """Of what happened at nearly the same moment the cause is named, with how much more there was."""
    marks = ((0.05, "shop-1 killed"), (0.051, "shop>db cut"), (0.052, "shop-2 killed"), (0.2, "shop-1 ready"))
    words = [text.get_text() for text in report(bucket(0.0, 25), marks=marks).plot().figure.axes[0].texts]
    assert words == ["shop>db cut, 2 more", "shop-1 ready"]


def test_plot_shows_what_was_not_sent(whole):
    """A stall is drawn as what was offered and not sent."""
    _handles, labels = whole.plot().figure.axes[0].get_legend_handles_labels()
    assert labels == ["offered", "offered, not sent", "succeeded", "failed"]


def test_plot_without_any_success_is_drawn():
    """A run in which everything failed has a picture too."""
    assert report(bucket(0.0, 1, [], [1], {"refused": 1})).plot()._repr_png_().startswith(PNG)


def test_comparison_and_knee_are_drawn(whole, tmp_path):
    """Two runs, and a sweep, are pictures that can be saved."""
    both = compare(whole, whole).plot().save(tmp_path / "both.png")
    steps = plot_knee([whole, report(bucket(0.0), users=4)]).save(tmp_path / "knee.png")
    assert both.read_bytes()[:4] == steps.read_bytes()[:4] == PNG


def test_pictures_have_constant_words(whole):
    """The text of a picture holds no measured number."""
    pictures = (whole.plot(), compare(whole, whole).plot(), plot_knee([whole]))
    assert [repr(picture) for picture in pictures] == [
        "Plot of LoadReport(users=2, seconds=1, rate=100)",
        "Plot of LoadReport(users=2, seconds=1, rate=100) and LoadReport(users=2, seconds=1, rate=100)",
        "Plot of 1 runs",
    ]


def test_nothing_is_shared_with_the_learners_plots():
    """The kit imports neither pyplot for its plots, nor matplotlib before there is one, nor Locust ever."""
    words = "import capsize.load, sys; early = 'matplotlib' in sys.modules; import capsize.load.plot; print(early, "
    words += "*(name in sys.modules for name in ('matplotlib.pyplot', 'locust', 'gevent')))"
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False"] * 4


def test_copies_are_drawn_beside_what_they_could_be(whole):
    """Throughput against copies has the ideal beside it, and says how many cores there are."""
    picture = plot_copies({1: whole, 2: whole, 4: whole}, cores=2)
    above = picture.figure.axes[0]
    _handles, labels = above.get_legend_handles_labels()
    ideal = next(line for line in above.lines if line.get_label() == "as many times as one")
    assert labels == ["as many times as one", "succeeded", "failed", "cores of this machine"]
    assert ideal.get_ydata()[2] == 4 * ideal.get_ydata()[0]


def test_names_of_one_run_are_drawn_beside_each_other(whole):
    """Each name that is asked for has a line of its own in both panels, under the words that were given."""
    (name,) = whole.by_name
    above, below = plot_names(whole, {name: "this way", "GET /never": "that way"}).figure.axes
    assert [line.get_label() for line in above.lines] == ["this way", "that way"]
    assert {"p50, this way", "p99, this way"} <= {line.get_label() for line in below.lines}


def test_backlog_is_drawn_with_the_age_of_its_oldest():
    """What waits is in the upper panel and the age of the oldest in the lower, for every look that there was."""
    looks = [Look(0.0, 0, 0.0), Look(0.1, 3, 0.1), Look(0.2, 1, 0.2)]
    picture = plot_backlog(Backlog("charges", looks))
    above, below = picture.figure.axes
    assert repr(picture) == "Plot of Backlog('charges')"
    assert [*above.lines[0].get_ydata()] == [0, 3, 1]
    assert [*below.lines[0].get_ydata()] == [0.0, 0.1, 0.2]


def test_backlog_lasts_from_its_first_message_to_its_last():
    """A queue was busy for as long as something was in it; one in which nothing ever was, for no time."""
    looks = [Look(at, depth, oldest) for at, depth, oldest in ((0, 0, 0), (1, 2, 0.5), (3, 1, 2.5), (4, 0, 0))]
    backlog = Backlog("charges", looks)
    assert (backlog.drained, backlog.deepest, backlog.oldest) == (2, 2, 2.5)
    assert Backlog("charges").drained == 0.0


def test_goodput_is_drawn_against_what_was_offered(whole):
    """A point is a run: how often a name was asked for each second, and how often it succeeded."""
    (name,) = whole.by_name
    above, _below = plot_goodput({"given": [whole], "yours": [whole, whole]}, name).figure.axes
    tally = whole.by_name[name]
    points = [(line.get_label(), [*line.get_xdata()], [*line.get_ydata()]) for line in above.lines]
    offered, succeeded = tally.answered / whole.measured, len(tally.succeeded) / whole.measured
    assert points == [("given", [offered], [succeeded]), ("yours", [offered] * 2, [succeeded] * 2)]
