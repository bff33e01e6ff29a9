"""The standard library's `dataclass`, whose methods are made when they are first needed.

A start defines some hundred dataclasses and makes instances of few. The standard library compiles six functions for each
frozen class, which takes more of a start than everything else that is ours. Here comparing, hashing and printing are closures
over the names of the fields, and so is `__init__` for the first few calls of it; then it is compiled, and is what it would have
been. Compiling takes as long as some hundred of those calls, and most of what a start makes it makes once.

`dataclasses.fields`, `replace`, `asdict`, `match` and copies work as ever, and type checkers see the standard library's own.
"""

from dataclasses import MISSING, Field, FrozenInstanceError, fields
from dataclasses import dataclass as standard
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **wishes: bool) -> "type | Callable[[type], type]":
        """As `dataclasses.dataclass`; `InitVar` and `order` are left to that."""
        if cls is None:
            return lambda found: _lean(found, **wishes)
        return _lean(cls, **wishes)


FEW = 8
"""So many instances of a class are made before its `__init__` is compiled."""

_ABSENT: Any = object()
"""Stands for a default that is made anew each time."""


def _lean(cls: type, *, frozen: bool = False, eq: bool = True, **wishes: bool) -> type:
    own = cls.__dict__
    made: type = standard(cls, init=False, repr=False, eq=False, **wishes)
    written = fields(made)
    made.__init__ = _first_init(made, written, is_frozen=frozen)  # type: ignore[misc]  # as the standard library does
    if "__repr__" not in own:
        made.__repr__ = _repr_of([each.name for each in written if each.repr])  # type: ignore[method-assign,assignment]
    if eq:
        values = _values_of([each.name for each in written if each.compare])
        if "__eq__" not in own:
            made.__eq__ = _eq_of(values)  # type: ignore[method-assign,assignment]
        if own.get("__hash__") is None:
            made.__hash__ = _hash_of(values) if frozen else None  # type: ignore[method-assign,assignment]
    if frozen:
        _freeze(made, frozenset(each.name for each in written))
    return made


def _values_of(names: list[str]) -> "Callable[[Any], tuple[Any, ...]]":
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        one = attrgetter(names[0])
        return lambda self: (one(self),)
    return lambda _: ()


def _eq_of(values: "Callable[[Any], tuple[Any, ...]]") -> "Callable[[Any, object], bool]":
    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 - it becomes one
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash_of(values: "Callable[[Any], tuple[Any, ...]]") -> "Callable[[Any], int]":
    return lambda self: hash(values(self))


def _repr_of(names: list[str]) -> "Callable[[Any], str]":
    @recursive_repr()
    def __repr__(self: Any) -> str:  # noqa: N807 - it becomes one
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _freeze(cls: Any, names: frozenset[str]) -> None:
    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807 - it becomes one
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807 - it becomes one
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    def __getstate__(self: Any) -> list[Any]:  # noqa: N807 - it becomes one
        return [getattr(self, each.name) for each in fields(self)]

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807 - it becomes one
        for each, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, each.name, value)

    cls.__setattr__ = __setattr__
    cls.__delattr__ = __delattr__
    if "__slots__" in cls.__dict__:  # copies and pickles set what nobody else may
        cls.__getstate__ = __getstate__
        cls.__setstate__ = __setstate__


def _first_init(cls: type, written: tuple[Field[Any], ...], *, is_frozen: bool) -> "Callable[..., None]":
    has_more = hasattr(cls, "__post_init__")
    names = {each.name for each in written if each.init}
    places = [each.name for each in written if each.init and not each.kw_only]
    put = object.__setattr__ if is_frozen else setattr
    calls = 0

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807 - it becomes one
        nonlocal calls
        calls += 1
        given = dict(zip(places, values, strict=False)) | named
        if calls <= FEW and len(given) == len(values) + len(named) and given.keys() <= names:
            whole = _whole(written, given)
            if whole is not None:
                for name, value in whole:
                    put(self, name, value)
                if has_more:
                    self.__post_init__()
                return
        compiled = _compiled(written, has_more=has_more, is_frozen=is_frozen)  # which also says what is wrong with a call
        compiled.__qualname__ = f"{cls.__qualname__}.__init__"
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *values, **named)

    return __init__


def _whole(written: tuple[Field[Any], ...], given: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Every field with its value, defaults included; None when one has none."""
    found = []
    for each in written:
        if each.name in given:
            found.append((each.name, given[each.name]))
        elif each.default_factory is not MISSING:
            found.append((each.name, each.default_factory()))
        elif each.default is not MISSING and each.init:
            found.append((each.name, each.default))
        elif each.init:
            return None
    return found


def _compiled(written: tuple[Field[Any], ...], *, has_more: bool, is_frozen: bool) -> "Callable[..., None]":
    """What the standard library would have written."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_absent": _ABSENT}
    words = {True: ["*"], False: ["_self"]}
    lines = []
    for number, each in enumerate(written):
        word = value = each.name
        if not each.init:
            if each.default_factory is not MISSING:
                scope[f"_make_{number}"] = each.default_factory
                lines.append(f" _set(_self, {each.name!r}, _make_{number}())")
            continue
        if each.default is not MISSING:
            scope[f"_default_{number}"] = each.default
            word += f"=_default_{number}"
        elif each.default_factory is not MISSING:
            scope[f"_make_{number}"] = each.default_factory
            word += "=_absent"
            value = f"_make_{number}() if {each.name} is _absent else {each.name}"
        words[bool(each.kw_only)].append(word)
        lines.append(f" _set(_self, {each.name!r}, {value})" if is_frozen else f" _self.{each.name} = {value}")
    lines += [" _self.__post_init__()"] if has_more else []
    asked = ", ".join(words[False] + (words[True] if len(words[True]) > 1 else []))
    exec(f"def __init__({asked}):\n" + "\n".join(lines or [" pass"]), scope)  # noqa: S102 - names of fields, nothing from outside
    made: Callable[..., None] = scope["__init__"]
    return made
