"""Volumes of a pod where its container mounts them: a ConfigMap's files, and emptyDir, a folder of the pod's own.

The ConfigMap ``code`` is the lab's folder, where no manifest says otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from capsize.stack.kubernetes.configuration import Configuration
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Volume
from capsize.stack.refusal import one_of

CODE, FOLDER = "code", "CODE"  # the ConfigMap's name, and the variable that has its folder


def mounts(pod: Record, container: Record, held: Configuration, variables: Mapping[str, str]) -> tuple[Volume, ...]:
    """Read what the container mounts. A mount of a volume that is not there is refused."""
    volumes = {each.text("name"): each for each in pod.parts("volumes")}
    found = []
    for mount in container.parts("volumeMounts"):
        name = mount.text("name")
        if name not in volumes:
            raise mount.refuse("name", "the pod has no volume of this name", expected=one_of(name, volumes))
        found.append(_volume(volumes[name], mount, held, variables))
    return tuple(volume for volume in found if volume)


def _volume(volume: Record, mount: Record, held: Configuration, variables: Mapping[str, str]) -> Volume | None:
    target, name = os.path.normpath(mount.text("mountPath")), volume.text("name")
    source = volume.part("configMap")
    if source is None:
        empty = volume.part("emptyDir")
        in_memory = empty is not None and empty.text("medium") == "Memory"
        return Volume("own", f"volume-{name}", target, mount.flag("readOnly"), in_memory=in_memory)
    if source.text("name") == CODE and ("ConfigMap", CODE) not in held.held and FOLDER in variables:
        return Volume("bind", variables[FOLDER], target, read_only=True)
    texts = held.all("ConfigMap", source)
    if texts is None:
        return None
    files = _files(source, texts)
    shared = f"configmap-{source.text('name')}" + "".join(f"-{path}" for path, _ in files if "items" in source)
    return Volume("shared", shared, target, read_only=True, files=files)


def _files(source: Record, texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if "items" not in source:
        return tuple(texts.items())
    for item in source.parts("items"):
        if item.text("path") in (".", ".."):
            raise item.refuse("path", "this is not a file's name", expected="a name such as app.toml")
        if item.text("key") not in texts and not source.flag("optional"):
            raise item.refuse("key", "the ConfigMap has no such key", expected=one_of(item.text("key"), texts))
    return tuple((i.text("path"), texts[i.text("key")]) for i in source.parts("items") if i.text("key") in texts)
