"""Access to slots, members and items, with metamethods and delegates."""

from __future__ import annotations

import math
from collections.abc import Mapping

from imptui.squirrel.interpreter.budget import RunningBudget
from imptui.squirrel.interpreter.environment import ExecutionBudget, ProgramHost
from imptui.squirrel.interpreter.text_conversion import error_name, float_text
from imptui.squirrel.interpreter.values import (
    Array,
    Blob,
    Class,
    Closure,
    Instance,
    Native,
    SquirrelTable,
    Thrown,
    Value,
    type_name,
)


class MemberAccess(RunningBudget):
    """Reads and writes the members of a running program's values."""

    def __init__(self, host: ProgramHost, budget: ExecutionBudget) -> None:
        super().__init__(host, budget)
        self.delegates: Mapping[type, Mapping[str, Native]] = {}
        self._addresses: dict[int, tuple[int, Value]] = {}

    def call(self, function: Value, this: Value, arguments: list[Value]) -> Value:
        """Call a closure, native, class or any value with a `_call` metamethod."""
        raise NotImplementedError

    def metamethod(self, value: Value, name: str) -> Value:
        """Return a metamethod of an instance or a delegated table; None if it has none."""
        if isinstance(value, Instance):
            return value.of.members.get(name)
        if isinstance(value, SquirrelTable):
            delegate = value.delegate
            while delegate is not None:
                if name in delegate.slots:
                    return delegate.slots[name]
                delegate = delegate.delegate
        return None

    def find(self, owner: Value, key: Value) -> tuple[bool, Value]:
        """Return True and the value if `owner[key]` exists, metamethods included; else False."""
        kind = type(owner)
        if kind is SquirrelTable:
            found, value = _in_table(owner, key)
        elif kind is Instance:
            slots = owner.slots if key in owner.slots else owner.of.members
            found, value = key in slots, slots.get(key)
        elif kind is Class:
            found, value = key in owner.members, owner.members.get(key)
        elif type(key) in (int, float):
            return _indexed(owner, _index(key))
        else:
            found, value = False, None
        return (True, value) if found else self._find_elsewhere(owner, key)

    def _find_elsewhere(self, owner: Value, key: Value) -> tuple[bool, Value]:
        method = self.metamethod(owner, "_get")
        if method is not None:
            try:
                return True, self.call(method, owner, [key])
            except Thrown as thrown:
                # By `throw null`, `_get` reports that the slot does not exist.
                if thrown.value is not None:
                    raise
        delegate = self.delegates.get(type(owner))
        if delegate is not None and type(key) is str and key in delegate:
            return True, delegate[key]
        return False, None

    def get(self, owner: Value, key: Value) -> Value:
        """Return `owner[key]`; throw "the index does not exist" if there is none."""
        found, value = self.find(owner, key)
        if not found:
            raise Thrown(f"the index '{error_name(key)}' does not exist")
        return value

    def set(self, owner: Value, key: Value, value: Value) -> None:
        """Set `owner[key] = value`; the slot must exist."""
        if not self.try_set(owner, key, value):
            if isinstance(owner, Array | Blob) and type(key) not in (int, float):
                raise Thrown(f"indexing {type_name(owner)} with {type_name(key)}")
            if not isinstance(owner, Array | Blob | SquirrelTable | Instance):
                raise Thrown(f"trying to set '{type_name(owner)}'")
            raise Thrown(f"the index '{error_name(key)}' does not exist")

    def try_set(self, owner: Value, key: Value, value: Value) -> bool:
        """Set `owner[key] = value`; return False if the slot does not exist."""
        if isinstance(owner, SquirrelTable):
            table: SquirrelTable | None = owner
            while table is not None:
                if key in table.slots:
                    table.slots[key] = value
                    return True
                table = table.delegate
        elif isinstance(owner, Instance):
            if key in owner.slots:
                owner.slots[key] = value
                return True
        elif isinstance(owner, Class):
            if key in owner.members:
                _new_member(owner, key, value, is_static=key not in owner.fields)
                return True
        elif isinstance(owner, Array | Blob) and type(key) in (int, float):
            return _set_indexed(owner, _index(key), value)
        method = self.metamethod(owner, "_set")
        if method is None:
            return False
        self.call(method, owner, [key, value])
        return True

    def new_slot(self, owner: Value, key: Value, value: Value) -> None:
        """Create a slot, as `owner[key] <- value` does."""
        if isinstance(owner, SquirrelTable):
            method = self.metamethod(owner, "_newslot")
            if method is not None and key not in owner.slots:
                self.call(method, owner, [key, value])
                return
            if key is None:
                raise Thrown("null cannot be used as index")
            self.allocate(48)
            owner.slots[key] = value
        elif isinstance(owner, Class):
            _new_member(owner, key, value, is_static=False)
        elif isinstance(owner, Instance):
            method = self.metamethod(owner, "_newslot")
            if method is None:
                raise Thrown("class instances do not support the new slot operator")
            self.call(method, owner, [key, value])
        else:
            raise Thrown(f"indexing {type_name(owner)} with {type_name(key)}")

    def delete(self, owner: Value, key: Value) -> Value:
        """Delete a slot, as `delete owner[key]` does, and return its value."""
        method = self.metamethod(owner, "_delslot")
        if method is not None:
            return self.call(method, owner, [key])
        if not isinstance(owner, SquirrelTable):
            raise Thrown(f"cannot delete a slot from {type_name(owner)}")
        if key not in owner.slots:
            raise Thrown(f"the index '{error_name(key)}' does not exist")
        return owner.slots.pop(key)

    # Conversion to text

    def text(self, value: Value) -> str:
        """Return the text that `tostring()` and concatenation use."""
        kind = type(value)
        if kind is str:
            return str(value)
        if kind is int:
            return str(value)
        if kind is bool:
            return "true" if value else "false"
        if kind is float:
            return float_text(value)
        method = self.metamethod(value, "_tostring")
        if method is not None:
            answer = self.call(method, value, [])
            if isinstance(answer, str):
                return answer
        return f"({type_name(value)} : 0x{self.address(value):x})"

    def address(self, value: Value) -> int:
        """Return a unique number for each value that has identity; 0 for null."""
        if value is None:
            return 0
        found = self._addresses.get(id(value))
        if found is None:
            # The value is stored as well, so that its number is never given to another.
            found = self._addresses[id(value)] = (0x20001000 + 16 * len(self._addresses), value)
        return found[0]


def _in_table(owner: SquirrelTable, key: Value) -> tuple[bool, Value]:
    table: SquirrelTable | None = owner
    while table is not None:
        if key in table.slots:
            return True, table.slots[key]
        table = table.delegate
    made = owner.missing(key) if owner.missing is not None else None
    if made is not None:
        owner.slots[key] = made
    return made is not None, made


def _index(key: float) -> int:
    return int(key) if math.isfinite(key) else -1


def _indexed(owner: Value, index: int) -> tuple[bool, Value]:
    if isinstance(owner, str):
        index += len(owner) if index < 0 else 0
        return (True, _signed(ord(owner[index]))) if 0 <= index < len(owner) else (False, None)
    sequence = owner.items if isinstance(owner, Array) else owner.content if isinstance(owner, Blob) else ()
    return (True, sequence[index]) if 0 <= index < len(sequence) else (False, None)


def _signed(byte: int) -> int:
    return byte if byte < 128 else byte - 256


def _set_indexed(owner: Array | Blob, index: int, value: Value) -> bool:
    if isinstance(owner, Array):
        if 0 <= index < len(owner.items):
            owner.items[index] = value
            return True
        return False
    if 0 <= index < len(owner.content) and type(value) is int:
        owner.content[index] = value & 0xFF
        return True
    return False


def _new_member(of: Class, key: Value, value: Value, *, is_static: bool) -> None:
    if isinstance(value, Closure):
        value = Closure(value.function, value.captures, value.defaults, value.bound_to, of)
    of.members[key] = value
    if not is_static and not isinstance(value, Closure | Native):
        of.fields[key] = value


def new_member(of: Class, key: Value, value: Value, *, is_static: bool) -> None:
    """Add a member to a class; its instances share methods and static members."""
    _new_member(of, key, value, is_static=is_static)
