"""A copy of what changes in an object, sharing what never does: cheap enough to take of every bus every few minutes."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable

T = TypeVar("T")
SHARED = (Timetable, Pattern)
Copier = Callable[[Any], Any]
_copiers: dict[type, Copier | None] = {}


def clone(value: T) -> T:
    """Return a copy that changes independently.

    Lists, dicts, sets, arrays and objects with slots or dataclass fields are copied as deep as they go; numbers, texts,
    tuples, frozen dataclasses, messages, timetables and patterns are shared, since nobody changes them.

    Parameters
    ----------
    value : object
        What to copy.

    Returns
    -------
    object
        The copy, or the value itself where it never changes.
    """
    copier = _copier_of(type(value))
    if copier is None:
        return value
    copied: T = copier(value)
    return copied


def overwrite(target: Any, source: Any, keep: frozenset[str]) -> None:
    """Give an object copies of the values of another one of its class, except for some fields."""
    for name in _names(type(target)):
        if name not in keep:
            setattr(target, name, clone(getattr(source, name)))


def _copier_of(kind: type) -> Copier | None:
    """Return what copies objects of a class, ``None`` where they are shared; found out once a class."""
    if kind not in _copiers:
        _copiers[kind] = _make_copier(kind)
    return _copiers[kind]


def _make_copier(kind: type) -> Copier | None:
    if kind is list:
        return lambda value: [clone(item) for item in value]
    if kind is dict:
        return lambda value: {key: clone(item) for key, item in value.items()}
    if kind is set:
        return set
    if issubclass(kind, np.ndarray):
        return lambda value: value.copy()
    names = _names(kind)
    if not names or issubclass(kind, SHARED):
        return None
    return _object_copier(kind, names)


def _object_copier(kind: type, names: tuple[str, ...]) -> Copier:
    has_dict = "__slots__" not in kind.__dict__

    def copier(value: Any) -> Any:
        made: Any = object.__new__(kind)
        if has_dict:
            made.__dict__.update(value.__dict__)
        for name in names:
            setattr(made, name, clone(getattr(value, name)))
        return made

    return copier


def _names(kind: type) -> tuple[str, ...]:
    """Return the fields of a class whose objects change, none for others."""
    if is_dataclass(kind):
        frozen: bool = kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        return () if frozen else tuple(field.name for field in fields(kind))
    if kind.__module__.startswith("fleet.") and "__slots__" in kind.__dict__:
        return tuple(kind.__dict__["__slots__"])
    return ()
