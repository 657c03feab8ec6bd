from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Sku(_message.Message):
    __slots__ = ("sku",)
    SKU_FIELD_NUMBER: _ClassVar[int]
    sku: str
    def __init__(self, sku: _Optional[str] = ...) -> None: ...

class Skus(_message.Message):
    __slots__ = ("skus",)
    SKUS_FIELD_NUMBER: _ClassVar[int]
    skus: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, skus: _Optional[_Iterable[str]] = ...) -> None: ...

class Pieces(_message.Message):
    __slots__ = ("sku", "pieces")
    SKU_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    sku: str
    pieces: int
    def __init__(self, sku: _Optional[str] = ..., pieces: _Optional[int] = ...) -> None: ...

class Shelf(_message.Message):
    __slots__ = ("all", "copy")
    ALL_FIELD_NUMBER: _ClassVar[int]
    COPY_FIELD_NUMBER: _ClassVar[int]
    all: _containers.RepeatedCompositeFieldContainer[Pieces]
    copy: str
    def __init__(self, all: _Optional[_Iterable[_Union[Pieces, _Mapping]]] = ..., copy: _Optional[str] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("number",)
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    number: str
    def __init__(self, number: _Optional[str] = ...) -> None: ...

class PageLine(_message.Message):
    __slots__ = ("name", "price_cents", "pieces", "on_hand")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRICE_CENTS_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    name: str
    price_cents: int
    pieces: int
    on_hand: int
    def __init__(self, name: _Optional[str] = ..., price_cents: _Optional[int] = ..., pieces: _Optional[int] = ..., on_hand: _Optional[int] = ...) -> None: ...

class OrderPage(_message.Message):
    __slots__ = ("number", "customer", "lines")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    number: str
    customer: str
    lines: _containers.RepeatedCompositeFieldContainer[PageLine]
    def __init__(self, number: _Optional[str] = ..., customer: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[PageLine, _Mapping]]] = ...) -> None: ...
