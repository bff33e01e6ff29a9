"""The class `regexp` of Squirrel's standard library.

These expressions do not backtrack: a repetition takes as much as it can until the following element matches. So a match costs
little, and `.*a` finds the first `a`, not the last. Source: the published Squirrel standard library, "Regexp class".
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass, field

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.standard_library import Function
from imptui.squirrel.interpreter.values import Array, Class, Instance, Native, SquirrelTable, Thrown, Value

_ANY_COUNT = 0xFFFF
_CLASSES: dict[str, Callable[[str], bool]] = {
    "a": lambda letter: letter in string.ascii_letters,
    "w": lambda letter: letter in string.ascii_letters + string.digits + "_",
    "s": lambda letter: letter in " \t\n\r\v\f",
    "d": lambda letter: letter in string.digits,
    "x": lambda letter: letter in string.hexdigits,
    "c": lambda letter: ord(letter) < 32 or ord(letter) == 127,
    "p": lambda letter: letter in string.punctuation,
    "l": lambda letter: letter in string.ascii_lowercase,
    "u": lambda letter: letter in string.ascii_uppercase,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f"}

Fits = Callable[[str], bool]


@dataclass(slots=True)
class _Node:
    """One element of an expression; `kind` is `one`, `group`, `greedy`, `begin`, `end` or `word`."""

    kind: str
    fits: Fits = field(default=lambda _: False)
    choices: list[list[_Node]] = field(default_factory=list)
    number: int | None = None
    """Number of the group, if it captures."""
    least: int = 1
    most: int = 1
    is_negated: bool = False


class RegexpPattern:
    """A compiled regular expression of Squirrel.

    Args:
        core: The running program, whose budget every step uses.
        text: The expression.

    Raises:
        Thrown: The expression is malformed.
    """

    def __init__(self, core: InterpreterCore, text: str) -> None:
        self._core, self._text, self._at = core, text, 0
        core.allocate(64 * len(text) + 64)
        self.groups = 0
        self._nest = 0
        self._choices = self._alternatives()
        if self._at < len(text):
            raise Thrown("unexpected character")
        self._subject, self._spans = "", [(0, 0)]

    # Parsing

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        letter = self._peek()
        if not letter:
            raise Thrown("unexpected end of the expression")
        self._at += 1
        return letter

    def _alternatives(self) -> list[list[_Node]]:
        choices = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            choices.append(self._sequence())
        return choices

    def _sequence(self) -> list[_Node]:
        nodes: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            nodes.append(self._repeated(self._element()))
        return nodes

    def _repeated(self, node: _Node) -> _Node:
        letter = self._peek()
        if letter not in ("*", "+", "?", "{") or not letter:
            return node
        self._at += 1
        bounds = {"*": (0, _ANY_COUNT), "+": (1, _ANY_COUNT), "?": (0, 1)}
        least, most = bounds[letter] if letter in bounds else self._bounds()
        return _Node("greedy", choices=[[node]], least=least, most=most)

    def _bounds(self) -> tuple[int, int]:
        least = self._number()
        most = least
        if self._peek() == ",":
            self._at += 1
            most = self._number() if self._peek().isdecimal() else _ANY_COUNT
        if self._next() != "}":
            raise Thrown(", or } expected")
        return least, most

    def _number(self) -> int:
        began = self._at
        while self._peek().isdecimal() and self._at - began < 5:
            self._at += 1
        if began == self._at:
            raise Thrown("number expected")
        return int(self._text[began : self._at])

    def _element(self) -> _Node:
        letter = self._next()
        if letter == "(":
            return self._group()
        if letter == "[":
            return _Node("one", self._class())
        if letter == "^":
            return _Node("begin")
        if letter == "$":
            return _Node("end")
        if letter == ".":
            return _Node("one", lambda _: True)
        if letter == "\\":
            if self._peek() in ("b", "B") and self._peek():
                return _Node("word", is_negated=self._next() == "B")
            return _Node("one", self._escaped())
        if letter in "*+?{":
            raise Thrown("unexpected character")
        return _Node("one", lambda found: found == letter)

    def _group(self) -> _Node:
        number = None
        if self._text.startswith("?:", self._at):
            self._at += 2
        else:
            self.groups += 1
            number = self.groups
        self._nest += 1
        if self._nest > 30:
            raise Thrown("expression too complex")
        choices = self._alternatives()
        self._nest -= 1
        if self._next() != ")":
            raise Thrown("')' expected")
        return _Node("group", choices=choices, number=number)

    def _escaped(self) -> Fits:
        letter = self._next()
        known = _CLASSES.get(letter.lower())
        if known is not None:
            return known if letter.islower() else lambda found: not known(found)
        wanted = _ESCAPES.get(letter, letter)
        return lambda found: found == wanted

    def _class(self) -> Fits:
        is_negated = self._peek() == "^"
        self._at += is_negated
        members: list[Fits] = []
        while self._peek() != "]" or not members:
            letter = self._next()
            if letter == "\\":
                members.append(self._escaped())
            elif self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                members.append(_between(letter, self._next()))
            else:
                members.append(_between(letter, letter))
        self._at += 1
        return lambda found: any(fits(found) for fits in members) != is_negated

    # Matching

    def at(self, subject: str, start: int) -> list[tuple[int, int]] | None:
        """Return the spans of the match and its groups if the expression matches at `start`; else None."""
        self._subject = subject
        self._spans = [(0, 0)] * (self.groups + 1)
        end = self._any_of(self._choices, start, [])
        if end is None:
            return None
        self._spans[0] = (start, end)
        return self._spans

    def find(self, subject: str, start: int) -> list[tuple[int, int]] | None:
        """Return the spans of the first match from `start` on; None if there is none."""
        for place in range(start, len(subject) + 1):
            spans = self.at(subject, place)
            if spans is not None:
                return spans
        return None

    def _any_of(self, choices: list[list[_Node]], at: int, after: list[_Node]) -> int | None:
        for nodes in choices:
            end = self._all_of(nodes, at, after)
            if end is not None:
                return end
        return None

    def _all_of(self, nodes: list[_Node], at: int, after: list[_Node]) -> int | None:
        place: int | None = at
        for number, node in enumerate(nodes):
            if place is None:
                return None
            place = self._one(node, place, [*nodes[number + 1 :], *after])
        return place

    def _one(self, node: _Node, at: int, after: list[_Node]) -> int | None:
        self._core.spend()
        subject = self._subject
        if node.kind == "one":
            return at + 1 if at < len(subject) and node.fits(subject[at]) else None
        if node.kind == "greedy":
            return self._greedy(node, at, after)
        if node.kind == "group":
            end = self._any_of(node.choices, at, after)
            if end is not None and node.number is not None:
                self._spans[node.number] = (at, end)
            return end
        is_there = {"begin": at == 0, "end": at == len(subject), "word": self._is_word_border(at) != node.is_negated}
        return at if is_there[node.kind] else None

    def _greedy(self, node: _Node, at: int, after: list[_Node]) -> int | None:
        count, place = 0, at
        follower = after[0] if after else None
        is_bounded = follower is not None and (follower.kind != "greedy" or follower.least > 0)
        while node.most == _ANY_COUNT or count < node.most:
            end = self._one(node.choices[0][0], place, after)
            if end is None or (end == place and count >= node.least):
                break
            count, place = count + 1, end
            if count >= node.least and is_bounded and follower is not None:
                spans = list(self._spans)
                fits = self._one(follower, place, after[1:])
                self._spans = spans
                if fits is not None:
                    break
            if place >= len(self._subject):
                break
        return place if count >= node.least else None

    def _is_word_border(self, at: int) -> bool:
        before = at > 0 and _CLASSES["w"](self._subject[at - 1])
        behind = at < len(self._subject) and _CLASSES["w"](self._subject[at])
        return before != behind


def _between(first: str, last: str) -> Fits:
    return lambda found: first <= found <= last


def patterns(core: InterpreterCore) -> dict[str, Function]:
    """Return the functions `regexp` and `regexp2`, which behave alike here."""
    made: dict[int, tuple[Instance, RegexpPattern]] = {}

    def pattern_of(this: Value) -> RegexpPattern:
        if id(this) not in made:
            raise Thrown("parameter has an invalid type")
        return made[id(this)][1]

    def match(this: Value, arguments: list[Value]) -> Value:
        spans = pattern_of(this).at(arguments[0], 0)
        return spans is not None and spans[0][1] == len(arguments[0])

    def search(this: Value, arguments: list[Value]) -> Value:
        spans = pattern_of(this).find(arguments[0], int(arguments[1]) if len(arguments) > 1 else 0)
        return None if spans is None else _span(*spans[0])

    def capture(this: Value, arguments: list[Value]) -> Value:
        spans = pattern_of(this).find(arguments[0], int(arguments[1]) if len(arguments) > 1 else 0)
        core.allocate(128)
        return None if spans is None else Array([_span(*span) for span in spans])

    methods: dict[str, Callable[[Value, list[Value]], Value]] = {
        "match": match,
        "search": search,
        "capture": capture,
        "subexpcount": lambda this, _: pattern_of(this).groups + 1,
        "_typeof": lambda _this, _arguments: "regexp",
    }
    members: dict[Value, Value] = {name: Native(name, method) for name, method in methods.items()}
    of = Class(None, members, {})

    def make(arguments: list[Value]) -> Value:
        instance = Instance(of, {})
        made[id(instance)] = instance, RegexpPattern(core, arguments[0])
        return instance

    return {"regexp": make, "regexp2": make}


def _span(begin: int, end: int) -> SquirrelTable:
    return SquirrelTable({"begin": begin, "end": end})
