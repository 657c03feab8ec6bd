"""What sidecars report: spans as protobuf, and figures as Prometheus reads them."""

from __future__ import annotations

from shop.figures import CallCounts, counts_of
from shop.mesh.otlp import Span, spans

PAGE = """# TYPE envoy_cluster_upstream_rq_xx counter
envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="a"} 40
envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="a"} 2
envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="b"} 7
"""


def field(number: int, content: bytes) -> bytes:
    """Write a field of bytes; all of these are shorter than 128."""
    return bytes([number << 3 | 2, len(content)]) + content


def test_a_span_is_read_from_protobuf():
    """Its ids, its name, its times and the service of its resource; what else is there is left aside."""
    times = b"\x39" + (2 * 10**9).to_bytes(8, "little") + b"\x41" + (3 * 10**9).to_bytes(8, "little")
    span = field(1, b"\x01") + field(2, b"\x02") + field(4, b"\x03") + field(5, b"out") + b"\x30\x02" + times
    name = field(1, field(1, b"service.name") + field(2, field(1, b"orders")))
    body = field(1, field(1, name) + field(2, field(2, span)))
    assert list(spans(body)) == [Span("01", "02", "03", "out", "orders", 2.0, 3.0)]


def test_figures_are_counted_by_cluster():
    """A cluster's answers of all classes are counted, its 5xx apart, and two countings can be subtracted."""
    assert counts_of(PAGE, "a") == CallCounts(42, 2)
    assert counts_of(PAGE, "a") - CallCounts(40, 1) == CallCounts(2, 1)
    assert counts_of(PAGE, "c") == CallCounts(0, 0)
