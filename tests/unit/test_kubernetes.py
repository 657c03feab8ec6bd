"""What the reader of manifests makes of those that it accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from the_manifests import OTHERS, SHOP, WHOLE

from capsize.runtime.environment import Environment
from capsize.stack.kubernetes import read, tables
from capsize.stack.kubernetes.variables import expand
from capsize.stack.model import INSTANCE, OUTSIDE, Edge, Hook, Port, Probe, Restart, Rollout, Stack, Volume


def _read(folder: Path, text: str = WHOLE, **variables: str) -> Stack:
    (folder / "kubernetes.yaml").write_text(text)
    return read(folder / "kubernetes.yaml", variables)


@pytest.fixture
def stack(tmp_path) -> Stack:
    return _read(tmp_path, CODE="/lab")


def test_workloads_come_in_the_order_of_the_file(stack):
    """Deployments and Jobs run; what describes them does not."""
    assert list(stack.services) == ["shop", "payments-v1", "db", "migrate"]


def test_environment_is_put_together_as_kubernetes_does(stack):
    """envFrom first, env over it, $(NAME) of what stands above, optional keys left out, the pod's own fields."""
    assert stack.services["shop"].environment == {
        "LOG_LEVEL": "info",
        "app.toml": "rooms = 6\n",
        "PORT": "8000",
        "DB_PASSWORD": "chandlery",
        "DATABASE_URL": "postgresql://shop:chandlery@db.default.svc:5432/shop",
        "PAYMENTS_URL": "http://payments",
        "POD": INSTANCE,
        "TIER": "front",
    }
    assert stack.services["migrate"].environment == {"DB_user": "shop", "DB_password": "chandlery"}


def test_command_and_args_are_one_line_with_variables(stack):
    """$(NAME) is replaced in both, and $$ is a dollar sign."""
    words = ("python", "-m", "shop.serve", "shop.monolith.app:app", "--level=info", "$(LOG_LEVEL)")
    assert stack.services["shop"].command == words
    assert stack.services["db"].command == ("-c", "fsync=off")


@pytest.mark.parametrize(
    ("text", "value"),
    [("$(A)", "a"), ("$$(A)", "$(A)"), ("$(B)", "$(B)"), ("$(A", "$(A"), ("$A", "$A"), ("$$$(A)$", "$a$"), ("", "")],
)
def test_references_are_expanded_as_kubernetes_does(text, value):
    """What names nothing stays as it is."""
    assert expand(text, {"A": "a"}) == value


def test_probes_have_kubernetes_defaults(stack):
    """A port is found by name, a path begins with a slash, and the five numbers are those of Kubernetes."""
    shop = stack.services["shop"]
    assert shop.startup == Probe("http", path="/started", port=8000, period=1.0, failure_threshold=30)
    assert shop.liveness == Probe("http", path="/live", port=8000, headers=(("X-Probe", "yes"),), grace_period=5.0)
    assert shop.readiness == Probe("exec", command=("python", "-m", "shop.probe", "/ready"), success_threshold=2)
    payments = stack.services["payments-v1"]
    assert payments.readiness == payments.liveness == Probe("tcp", port=9000)


def test_hooks_and_grace_periods_are_read(stack):
    """30 seconds where the pod says nothing."""
    shop, payments = stack.services["shop"], stack.services["payments-v1"]
    assert (shop.pre_stop, shop.stop_grace_period) == (Hook("sleep", seconds=5.0), 20.0)
    assert (payments.pre_stop, payments.stop_grace_period) == (Hook("exec", command=("sleep", "1")), 30.0)


@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "counts"),
    [
        ("25%", "25%", 3, (1, 0)),
        ("25%", "25%", 10, (3, 2)),
        ("0", "10%", 3, (0, 1)),  # both round to nothing: one may be missing
        ("2", "0", 3, (2, 0)),
        ("0", "1", 3, (0, 1)),
        ("200%", "100%", 2, (4, 2)),
    ],
)
def test_rollout_rounds_as_kubernetes_does(tmp_path, surge, unavailable, replicas, counts):
    """A surge rounds up, what may be missing down."""
    text = WHOLE.replace("maxSurge: 25%", f"maxSurge: {surge}")
    text = text.replace("maxUnavailable: 25%", f"maxUnavailable: {unavailable}")
    text = text.replace("replicas: 3", f"replicas: {replicas}")
    assert _read(tmp_path, text, CODE="/lab").services["shop"].rollout == Rollout(
        *counts, min_ready=2.0, progress_deadline=60.0
    )


def test_recreate_takes_all_away_first(stack):
    """No surge, and all may be missing."""
    assert stack.services["payments-v1"].rollout == Rollout(0, 1)


def test_job_runs_once_with_its_attempts(stack):
    """A Job is done when it has ended with 0, and is tried as often as it says."""
    job = stack.services["migrate"]
    assert (job.runs_once, job.restart) == (True, Restart("on-failure", 2, 10.0, 360.0, 600.0))
    assert stack.services["shop"].restart == Restart("always", None, 10.0, 300.0, 600.0)


def test_names_of_services_are_wires_to_their_pods(stack):
    """A caller names the Service and its port, in any form; the wire leads to the Deployment's port."""
    assert stack.edges == (
        Edge(OUTSIDE, "shop", 8000, "http"),
        Edge("shop", "db", 5432, "tcp"),
        Edge("shop", "payments-v1", 9000, "http"),
    )
    assert stack.called("payments.default.svc.cluster.local", 80) == ("payments-v1", 9000)
    assert stack.called("payments", 9000) is None
    assert stack.services["shop"].ports == (Port(8000, 30080),)


def test_instance_sees_wires_folders_and_its_own_name(stack, tmp_path):
    """Addresses, mounts and metadata.name are this machine's; ConfigMaps lie there as files, emptyDir is its own."""
    shop, wires = stack.services["shop"], {("shop", "payments-v1", 9000): 40001, ("shop", "db", 5432): 40002}
    source = next(volume.source for volume in shop.volumes if volume.kind == "shared")
    around = Environment(stack, wires, {source: tmp_path / "settings"})
    around.lay_out()
    folder = tmp_path / "shop-2"
    folder.mkdir()
    seen = around.environment(shop, "shop-2", 50000, folder)
    assert (seen["PAYMENTS_URL"], seen["POD"], seen["PORT"]) == ("http://127.0.0.1:40001", "shop-2", "50000")
    assert seen["DATABASE_URL"] == "postgresql://shop:chandlery@127.0.0.1:40002/shop"
    assert (tmp_path / "settings" / "app.toml").read_text() == "rooms = 6\n"
    assert around.rewrite(shop, "/tmp/scratch/a", "shop-2", folder) == f"{folder}/volume-scratch/a"
    assert (folder / "volume-scratch").is_dir()
    assert around.cwd(shop, folder) == Path("/lab")


def test_code_is_the_labs_folder(stack):
    """The ConfigMap code, which no manifest has, is the folder of the lab."""
    assert stack.services["shop"].volumes[0] == Volume("bind", "/lab", "/code", read_only=True)


def test_annotated_secrets_are_the_stacks_own(tmp_path):
    """With a seed, an annotated key gets a value that no other seed gives and that the same seed gives again."""
    first, again, other = (_read(tmp_path, SEED=seed, CODE="/lab") for seed in ("a", "a", "b"))
    passwords = [stack.services["db"].environment["POSTGRES_PASSWORD"] for stack in (first, again, other)]
    assert passwords[0] == passwords[1] not in (passwords[2], "chandlery")
    assert passwords[0] in first.services["shop"].environment["DATABASE_URL"]
    assert first.services["db"].environment["POSTGRES_USER"] == "shop"


def test_later_file_replaces_what_it_names(tmp_path):
    """A learner's manifest of the same kind and name takes the place of the lab's, at the same place in the order."""
    (tmp_path / "kubernetes.yaml").write_text(WHOLE)
    (tmp_path / "shop.yaml").write_text(SHOP.replace("replicas: 3", "replicas: 5"))
    stack = read([tmp_path / "kubernetes.yaml", tmp_path / "shop.yaml"], {"CODE": "/lab"}, time_scale=0.2)
    assert (next(iter(stack.services)), stack.services["shop"].replicas, stack.time_scale) == ("shop", 5, 0.2)


def test_null_is_as_if_it_were_not_there(tmp_path):
    """A field of nothing has its default."""
    stack = _read(tmp_path, OTHERS.replace("strategy: {type: Recreate}", "strategy:\n      replicas:") + SHOP_SECRET)
    assert stack.services["payments-v1"].rollout == Rollout(1, 0)


SHOP_SECRET = "---\n" + SHOP.partition("---")[0]


@pytest.mark.parametrize("kind", tables.KINDS)
def test_the_subset_is_documented(kind):
    """Whatever the reader takes stands in docs/kubernetes.md."""
    words = (Path(__file__).parents[2] / "docs" / "kubernetes.md").read_text()
    missing = [name for name in sorted(_fields(tables.KINDS[kind][1])) if name not in words]
    assert not missing


def _fields(shape: object) -> set[str]:
    """All field names below a shape."""
    inner = getattr(shape, "fields", {})
    below = [*inner.values(), *(getattr(shape, name) for name in ("shape",) if hasattr(shape, name))]
    return set(inner).union(*map(_fields, below))
