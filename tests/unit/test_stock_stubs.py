"""The committed stubs are those of stock.proto."""

from __future__ import annotations

import re
from pathlib import Path

from shop import stock_pb2

PROTO = (Path(stock_pb2.__file__).with_name("stock.proto")).read_text(encoding="utf-8")
CALL = re.compile(r"rpc (\w+)\((\w+)\) returns \((stream )?(\w+)\)")
FIELD = re.compile(r"^  (?:repeated )?\w+ (\w+) = (\d+);", re.MULTILINE)


def test_each_call_and_each_field_is_in_the_stubs():
    """A change of stock.proto is followed by new stubs: CONTRIBUTING.md says how they are made."""
    file = stock_pb2.DESCRIPTOR
    calls = {
        (call.name, call.input_type.name, call.output_type.name, call.server_streaming)
        for service in file.services_by_name.values()
        for call in service.methods
    }
    fields = [(f.name, str(f.number)) for message in file.message_types_by_name.values() for f in message.fields]
    written = {(name, sent, told, bool(stream)) for name, sent, stream, told in CALL.findall(PROTO)}
    assert (calls, sorted(fields)) == (written, sorted(FIELD.findall(PROTO)))
