"""Every message there can be, made from what its type says."""

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from schemas.message import Message

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def messages(kind: type[Message]) -> st.SearchStrategy[dict[str, Any]]:
    """Make JSON objects that are a message of a kind; optional fields may be absent."""
    return _values(inspect.type_info(kind))


def required_of(kind: type[Message]) -> set[str]:
    """Return the fields a message cannot be without."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return {field.encode_name for field in info.fields if field.required}


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901 - one line a kind of type
    match info:
        case inspect.Metadata():
            return _values(info.type)
        case inspect.StructType():
            return st.fixed_dictionaries(
                {f.encode_name: _values(f.type) for f in info.fields if f.required},
                optional={f.encode_name: _values(f.type) for f in info.fields if not f.required},
            )
        case inspect.UnionType():
            return st.one_of([_values(one) for one in info.types])
        case inspect.IntType():
            return st.integers(info.ge if info.ge is not None else -(2**31), info.le if info.le is not None else 2**31)
        case inspect.FloatType():
            low, high = info.ge if info.ge is not None else -1e6, info.le if info.le is not None else 1e6
            return st.floats(low, high, allow_nan=False)
        case inspect.StrType():
            return _texts(info)
        case inspect.EnumType():
            return st.sampled_from([one.value for one in info.cls])
        case inspect.LiteralType():
            return st.sampled_from(list(info.values))
        case inspect.DictType():
            return st.dictionaries(_values(info.key_type), _values(info.value_type), max_size=3)
        case inspect.VarTupleType() | inspect.ListType() | inspect.CollectionType():
            low = info.min_length or 0
            return st.lists(_values(info.item_type), min_size=low, max_size=max(low, info.max_length or 3))
        case inspect.TupleType():
            return st.tuples(*map(_values, info.item_types)).map(list)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.BytesType():
            return st.sampled_from(["", "AAEC"])
    raise AssertionError(f"no values for {info}; teach this file the type")


def _texts(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is not None:
        return st.from_regex(info.pattern, fullmatch=True).filter(lambda text: not text.endswith("\n"))
    return st.text("aăđ-7", min_size=info.min_length or 0, max_size=max(8, info.min_length or 0))


def as_bytes(value: Any) -> bytes:
    """Write a JSON value."""
    return msgspec.json.encode(value)
