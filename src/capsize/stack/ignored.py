"""Keys of a Compose service that are read and not acted on, each with the words that the stack's timeline says.

What is ``ignored`` changes nothing that a service could see of the others; what is ``not enforced`` is a limit that a
container would have. A key that would change what the service does is in neither table, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsize.stack.value import Value

IGNORED = (
    "annotations", "attach", "develop", "domainname", "hostname", "init", "label_file", "labels", "logging", "platform",
    "pull_policy", "pull_refresh_after", "stdin_open", "tty",
)  # fmt: skip
NOT_ENFORCED = (
    "blkio_config", "cap_add", "cap_drop", "cgroup", "cgroup_parent", "cpu_count", "cpu_percent", "cpu_period",
    "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpuset", "group_add", "mem_reservation",
    "mem_swappiness", "memswap_limit", "oom_kill_disable", "oom_score_adj", "privileged", "read_only", "security_opt",
    "shm_size", "ulimits", "user", "userns_mode",
)  # fmt: skip
# what Compose has and the kit does not read: no typing mistakes
REFUSED = (
    "configs", "credential_spec", "device_cgroup_rules", "devices", "dns", "dns_opt", "dns_search", "extends",
    "external_links", "extra_hosts", "gpus", "ipc", "isolation", "mac_address", "models", "pid", "post_start",
    "pre_stop", "provider", "runtime", "storage_opt", "sysctls", "tmpfs", "use_api_socket", "uts", "volumes_from",
)  # fmt: skip
DEPLOY_IGNORED = ("endpoint_mode", "labels", "placement", "rollback_config", "update_config")
TOP_REFUSED = ("configs", "include", "models")
BUILD = (
    "additional_contexts", "args", "cache_from", "cache_to", "context", "dockerfile", "dockerfile_inline",
    "entitlements", "extra_hosts", "isolation", "labels", "network", "no_cache", "platforms", "privileged",
    "provenance", "pull", "sbom", "secrets", "shm_size", "ssh", "tags", "target", "ulimits",
)  # fmt: skip


def note(keys: Mapping[str, Value], ignored: Iterable[str] = IGNORED, unenforced: Iterable[str] = NOT_ENFORCED) -> None:
    """Note which of the keys are there and not acted on."""
    for name in ignored:
        if name in keys:
            keys[name].note(f"ignored: {name}")
    for name in unenforced:
        if name in keys:
            keys[name].note(f"not enforced: {name}")
