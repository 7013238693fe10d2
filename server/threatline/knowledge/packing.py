"""Validated models as bytes and back, without validating again: a warm start must not pay for pydantic's checks.

Packed data is plain (msgpack), so a planted cache entry can hold wrong words but never code. What is read back is trusted to fit the
models only because the cache's key holds a digest of the models' own source.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel

Build = Callable[[Any], Any]


def pack(value: Any) -> bytes:
    """Write models, dataclasses, and dicts and tuples of them as msgpack; a model's fields that hold their default are left out."""
    return msgspec.msgpack.encode(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: _plain(item)
            for name, item in value.__dict__.items()
            if fields[name].is_required() or item != fields[name].get_default(call_default_factory=True)
        }
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def unpack(data: bytes, model: type[Any]) -> Any:
    """Read what `pack` wrote, where a value of this type is meant.

    Raises ValueError (also as msgspec's errors), KeyError or TypeError for bytes that `pack` did not write.
    """
    return _builder(model)(msgspec.msgpack.decode(data))


_built: dict[Any, Build] = {}


def _builder(kind: Any) -> Build:
    if kind not in _built:
        _built[kind] = _new_builder(kind)
    return _built[kind]


def _new_builder(kind: Any) -> Build:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _builder(arguments[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _model_builder(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass_builder(kind)
    if origin is tuple:
        return _tuple_builder(arguments[0])
    if origin is dict:
        return _dict_builder(arguments[1])
    if origin in (Union, types.UnionType):
        return _union_builder(arguments)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _dataclass_builder(kind: Any) -> Build:
    builders = {name: _builder(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    return lambda data: kind(**{name: builders[name](item) for name, item in data.items()})


def _tuple_builder(member: Any) -> Build:
    build = _builder(member)
    if build is _as_it_is:
        return tuple
    return lambda items: tuple([build(item) for item in items])


def _dict_builder(member: Any) -> Build:
    build = _builder(member)
    if build is _as_it_is:
        return _as_it_is
    return lambda items: {key: build(item) for key, item in items.items()}


def _union_builder(members: tuple[Any, ...]) -> Build:
    """Choose by shape: a mapping is the model among the members, a list the tuple, everything else a scalar."""
    builds = [_builder(member) for member in members if not _is_scalar(member)]
    if not builds:
        return _as_it_is
    build = builds[0]
    return lambda value: build(value) if isinstance(value, (dict, list)) else value


def _is_scalar(kind: Any) -> bool:
    return _builder(kind) is _as_it_is


def _model_builder(model: type[BaseModel]) -> Build:
    new, put = model.__new__, object.__setattr__
    builders: dict[str, Build] = {}
    defaults: dict[str, Any] = {}

    def build(data: Any) -> Any:
        if not defaults and not builders:  # Filled at first use, since models may hold themselves.
            _learn(model, builders, defaults)
        values = defaults.copy()
        for name, item in data.items():
            values[name] = builders[name](item)
        made = new(model)
        put(made, "__dict__", values)
        put(made, "__pydantic_fields_set__", set(data))
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made

    return build


def _learn(model: type[BaseModel], builders: dict[str, Build], defaults: dict[str, Any]) -> None:
    for name, field in model.model_fields.items():
        builders[name] = _builder(field.annotation)
        if not field.is_required():
            defaults[name] = field.get_default(call_default_factory=True)
