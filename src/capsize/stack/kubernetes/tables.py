"""The subset of Kubernetes' API that is read, kind by kind, as tables: field, what it may hold, what is not read."""

from __future__ import annotations

from collections.abc import Mapping

from capsize.stack.kubernetes.quantities import QUANTITY
from capsize.stack.kubernetes.shapes import Each, Either, Fields, Flag, Names, Shape, Text, Whole
from capsize.stack.ports import HIGHEST

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DNS_LABEL = Text(LABEL, "a name of a-z, 0-9 and -, 63 at most, with a letter or digit at both ends")
DNS_NAME = Text(rf"{LABEL}(\.{LABEL})*", "a name of a-z, 0-9, - and ., with a letter or digit at both ends", longest=63)
SERVICE_NAME = Text(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "a name of a-z, 0-9 and - that starts with a letter")
PORT_NAME = Text(
    r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*", "a port's name: a-z, 0-9, -, 15 at most, one a letter"
)
CONFIG_KEY = Text(r"[-._a-zA-Z0-9]+", "a key of letters, digits, - _ .", longest=253)
LABEL_KEY = Text(r"([a-z0-9.-]+/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", "a label's key, such as app")
LABEL_VALUE = Text(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?", "a label's value: letters, digits, - _ .")
VARIABLE = Text(r"[!-<>-~]+", "the name of a variable, such as PAYMENTS_URL")
PATH = Text(r"/[^:\0]*", "a whole path, which starts with /")
SHARE = Either(Whole(), Text(r"[0-9]{1,4}%", 'a whole number, or a share such as "25%"'))
PORT = Either(Whole(1, HIGHEST), PORT_NAME)
TARGET_PORT = Either(Whole(1, HIGHEST, or_zero=True), PORT_NAME)
WORDS, LABELS = Each(Text()), Names(LABEL_VALUE, LABEL_KEY)

META: Mapping[str, Shape] = {"labels": LABELS, "annotations": Names(Text(), LABEL_KEY), "namespace": DNS_LABEL}
META_UNREAD = (
    "generateName", "finalizers", "ownerReferences", "uid", "resourceVersion", "creationTimestamp", "generation",
    "managedFields", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip


def _meta(name: Text) -> Fields:
    return Fields({"name": name, **META}, ("name",), META_UNREAD)


def _kind(
    name: Text, needed: tuple[str, ...] = ("metadata",), unread: tuple[str, ...] = ("status",), **fields: Shape
) -> Fields:
    return Fields({"apiVersion": Text(), "kind": Text(), "metadata": _meta(name), **fields}, needed, unread)


KEY_OF = Fields({"name": DNS_NAME, "key": CONFIG_KEY, "optional": Flag()}, ("name", "key"))
ALL_OF = Fields({"name": DNS_NAME, "optional": Flag()}, ("name",))
FIELD_OF = Fields({"fieldPath": Text(), "apiVersion": Text(among=("v1",))}, ("fieldPath",))
SOURCES: Mapping[str, Shape] = {"configMapKeyRef": KEY_OF, "secretKeyRef": KEY_OF, "fieldRef": FIELD_OF}
SOURCE = Fields(SOURCES, unread=("resourceFieldRef", "fileKeyRef"), one_of=tuple(SOURCES))
ENV = Fields({"name": VARIABLE, "value": Text(), "valueFrom": SOURCE}, ("name",))
WHOLES: Mapping[str, Shape] = {"configMapRef": ALL_OF, "secretRef": ALL_OF}
ENV_FROM = Fields({"prefix": Text(r"[!-<>-~]*", "a prefix"), **WHOLES}, one_of=tuple(WHOLES))

HEADER = Fields(
    {"name": Text(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "a header's name"), "value": Text(r"[^\r\n]*")}, ("name", "value")
)
HTTP_ONLY = Text(among=("HTTP",), instead={"HTTPS": "the kit's instances speak plain HTTP"})
HTTP_PATH = Text(r"[!-~]*", "a path such as /ready")
EXEC = Fields({"command": Each(Text(), fewest=1)}, ("command",))
GET: Mapping[str, Shape] = {"path": HTTP_PATH, "port": PORT, "scheme": HTTP_ONLY}
HANDLERS: Mapping[str, Shape] = {
    "httpGet": Fields({**GET, "httpHeaders": Each(HEADER)}, ("port",), ("host",)),
    "tcpSocket": Fields({"port": PORT}, ("port",), ("host",)),
    "exec": EXEC,
    "grpc": Fields({"port": Whole(1, HIGHEST), "service": Text()}, ("port",)),
}
NUMBERS: dict[str, Shape] = {
    "initialDelaySeconds": Whole(0),
    **dict.fromkeys(("periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"), Whole(0)),
    "terminationGracePeriodSeconds": Whole(1),
}
PROBE = Fields({**HANDLERS, **NUMBERS}, one_of=tuple(HANDLERS))
HOOKS: Mapping[str, Shape] = {
    "exec": EXEC,
    "httpGet": Fields(GET, ("port",), ("host", "httpHeaders")),
    "sleep": Fields({"seconds": Whole(0)}, ("seconds",)),
}
HOOK = Fields(HOOKS, unread=("tcpSocket",), one_of=tuple(HOOKS))

AMOUNTS = Names(QUANTITY, Text("cpu|memory|ephemeral-storage", "cpu, memory or ephemeral-storage"))
CONTAINER_PORT = Fields(
    {"name": PORT_NAME, "containerPort": Whole(1, HIGHEST), "protocol": Text(among=("TCP",))},
    ("containerPort",),
    ("hostPort", "hostIP"),
)
MOUNT_FIELDS: Mapping[str, Shape] = {"name": DNS_LABEL, "mountPath": PATH, "readOnly": Flag()}
MOUNT = Fields(MOUNT_FIELDS, ("name", "mountPath"), ("subPath", "subPathExpr", "mountPropagation", "recursiveReadOnly"))
CONTAINER_FIELDS: Mapping[str, Shape] = {
    "name": DNS_LABEL,
    "image": Text(r"\S+", "an image"),
    "imagePullPolicy": Text(among=("IfNotPresent", "Always", "Never")),
    "command": WORDS,
    "args": WORDS,
    "env": Each(ENV, unique="name"),
    "envFrom": Each(ENV_FROM),
    "ports": Each(CONTAINER_PORT, unique="name"),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), PROBE),
    "lifecycle": Fields({"preStop": HOOK}, unread=("postStart", "stopSignal")),
    "resources": Fields({"requests": AMOUNTS, "limits": AMOUNTS}, unread=("claims",)),
    "volumeMounts": Each(MOUNT, unique="mountPath"),
}
CONTAINER_UNREAD = (
    "workingDir", "securityContext", "stdin", "stdinOnce", "tty", "terminationMessagePath",
    "terminationMessagePolicy", "volumeDevices", "resizePolicy", "restartPolicyRules",
)  # fmt: skip
CONTAINER = Fields(CONTAINER_FIELDS, ("name", "image"), ("restartPolicy", *CONTAINER_UNREAD))
SIDECAR = Text(among=("Always",))
INIT_CONTAINER = Fields({**CONTAINER_FIELDS, "restartPolicy": SIDECAR}, ("name", "image"), CONTAINER_UNREAD)
ITEM = Fields({"key": CONFIG_KEY, "path": Text(r"[^/\0]+", "a file's name, without /")}, ("key", "path"), ("mode",))
CONFIG_VOLUME = Fields({"name": DNS_NAME, "optional": Flag(), "items": Each(ITEM)}, ("name",), ("defaultMode",))
EMPTY_VOLUME = Fields({"medium": Text(among=("", "Memory")), "sizeLimit": QUANTITY})
KINDS_OF_VOLUME: Mapping[str, Shape] = {"configMap": CONFIG_VOLUME, "emptyDir": EMPTY_VOLUME}
OTHER_VOLUMES = (
    "secret", "hostPath", "persistentVolumeClaim", "projected", "downwardAPI", "csi", "ephemeral", "nfs", "image",
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker",
    "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd",
    "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip
VOLUME = Fields(
    {"name": DNS_LABEL, **KINDS_OF_VOLUME},
    ("name",),
    OTHER_VOLUMES,
    tuple(KINDS_OF_VOLUME),
    or_none=True,  # an emptyDir then
)
POD_UNREAD = (
    "ephemeralContainers", "affinity", "nodeSelector", "nodeName", "tolerations",
    "serviceAccountName",
    "securityContext", "hostNetwork", "hostPID", "hostIPC", "dnsPolicy", "dnsConfig", "hostname", "subdomain",
    "imagePullSecrets", "priorityClassName", "schedulerName", "activeDeadlineSeconds",
    "automountServiceAccountToken", "enableServiceLinks", "shareProcessNamespace", "runtimeClassName", "serviceAccount",
    "topologySpreadConstraints", "hostAliases", "readinessGates", "overhead", "preemptionPolicy", "priority",
    "os", "hostUsers", "resources", "setHostnameAsFQDN", "schedulingGates", "resourceClaims", "hostnameOverride",
    "workloadRef",
)  # fmt: skip
POD_FIELDS: Mapping[str, Shape] = {
    "containers": Each(CONTAINER, unique="name", fewest=1),
    "initContainers": Each(INIT_CONTAINER, unique="name"),
    "volumes": Each(VOLUME, unique="name"),
    "restartPolicy": Text(among=("Always", "OnFailure", "Never")),
    "terminationGracePeriodSeconds": Whole(0),
}
TEMPLATE_META = Fields({"name": DNS_NAME, **META}, unread=META_UNREAD)
TEMPLATE = Fields({"metadata": TEMPLATE_META, "spec": Fields(POD_FIELDS, ("containers",), POD_UNREAD)}, ("spec",))
SELECTOR = Fields({"matchLabels": LABELS}, ("matchLabels",), ("matchExpressions",))
STRATEGY = Fields(
    {
        "type": Text(among=("RollingUpdate", "Recreate")),
        "rollingUpdate": Fields({"maxSurge": SHARE, "maxUnavailable": SHARE}),
    }
)
DEPLOYMENT_SPEC = Fields(
    {
        "replicas": Whole(0, 64),
        "selector": SELECTOR,
        "strategy": STRATEGY,
        "minReadySeconds": Whole(0),
        "progressDeadlineSeconds": Whole(1),
        "revisionHistoryLimit": Whole(0),
        "template": TEMPLATE,
    },
    ("selector", "template"),
    ("paused",),
)
JOB_SPEC = Fields(
    {"template": TEMPLATE, "backoffLimit": Whole(0, 1000), "ttlSecondsAfterFinished": Whole(0)},
    ("template",),
    (
        "completions", "parallelism", "activeDeadlineSeconds", "completionMode", "suspend", "selector",
        "manualSelector",
        "podFailurePolicy", "backoffLimitPerIndex", "maxFailedIndexes", "podReplacementPolicy", "successPolicy",
        "managedBy",
    ),
)  # fmt: skip
SERVICE_PORT = Fields(
    {
        "name": DNS_LABEL,
        "port": Whole(1, HIGHEST),
        "targetPort": TARGET_PORT,
        "nodePort": Whole(30000, 32767, or_zero=True),
        "protocol": Text(among=("TCP",)),
    },
    ("port",),
    ("appProtocol",),
)
SERVICE_SPEC = Fields(
    {
        "selector": LABELS,
        "ports": Each(SERVICE_PORT, unique="name", fewest=1),
        "type": Text(
            among=("ClusterIP", "NodePort", "LoadBalancer"),
            instead={"ExternalName": "a name of another place has no pods here"},
        ),
    },
    ("selector", "ports"),
    (
        "clusterIP", "clusterIPs", "externalIPs", "externalName", "externalTrafficPolicy", "internalTrafficPolicy",
        "ipFamilies", "ipFamilyPolicy", "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges",
        "sessionAffinity", "sessionAffinityConfig", "publishNotReadyAddresses", "healthCheckNodePort",
        "allocateLoadBalancerNodePorts", "trafficDistribution",
    ),
)  # fmt: skip
DATA, SECRET_DATA = Names(Text(), CONFIG_KEY), Names(Text(), CONFIG_KEY, hidden=True)
KINDS: Mapping[str, tuple[str, Fields]] = {
    "Deployment": ("apps/v1", _kind(DNS_NAME, ("metadata", "spec"), spec=DEPLOYMENT_SPEC)),
    "Service": ("v1", _kind(SERVICE_NAME, ("metadata", "spec"), spec=SERVICE_SPEC)),
    "ConfigMap": ("v1", _kind(DNS_NAME, unread=("binaryData",), data=DATA, immutable=Flag())),
    "Secret": (
        "v1",
        _kind(DNS_NAME, data=SECRET_DATA, stringData=SECRET_DATA, immutable=Flag(), type=Text(among=("Opaque",))),
    ),
    "Job": ("batch/v1", _kind(DNS_LABEL, ("metadata", "spec"), spec=JOB_SPEC)),
}
