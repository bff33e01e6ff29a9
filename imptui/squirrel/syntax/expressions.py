"""Parser of expressions, with the reference compiler's rules on assignable targets.

The compiler stores the kind of the last primary expression as the *target*. Binary and unary operators do not reset it, so it
accepts `a || b = 2` and `-x = 3`. This parser does the same, for the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imptui.squirrel.syntax import tree
from imptui.squirrel.syntax.errors import Rejected
from imptui.squirrel.syntax.numbers import float_value, integer_value
from imptui.squirrel.syntax.scanner import TokenList
from imptui.squirrel.syntax.scope import Constant, FunctionScope
from imptui.squirrel.syntax.token_patterns import FLOAT, INTEGER, NAME, TEXT
from imptui.squirrel.syntax.token_reader import TokenReader

_VALUE, _SLOT, _BASE, _LOCAL, _OUTER, _STEPPED = range(6)

ASSIGNMENTS = frozenset(["=", "<-", "+=", "-=", "*=", "/=", "%="])
_KEEPS_PLACE = ASSIGNMENTS | {"(", "++", "--"}
_LEVELS = [
    ["||"],
    ["&&"],
    ["in", "instanceof"],
    ["|"],
    ["^"],
    ["&"],
    ["==", "!=", "<=>"],
    ["<", "<=", ">", ">="],
    ["<<", ">>", ">>>"],
    ["+", "-"],
    ["*", "/", "%"],
]
_LEVEL = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
MAX_REGISTERS = 256
"""Register limit of one function. Locals and the arguments of one call count, intermediate results do not."""
TOO_MANY_LOCALS = "internal compiler error: too many locals"
_CANNOT_STEP = "can't '++' or '--' an expression"
_BASE_IS_FIXED = "'base' cannot be modified"
_LITERALS: dict[str, tree.Scalar] = {"null": None, "true": True, "false": False}


class ExpressionParser(TokenReader):
    """Parses expressions; subclasses add functions, classes and tables."""

    def __init__(
        self,
        tokens: TokenList,
        constants: Mapping[str, Constant],
        cancelled: Callable[[], bool] | None,
    ) -> None:
        super().__init__(tokens, cancelled)
        self.scope = FunctionScope(tree.Function("main"), None)
        self.constants: dict[str, Constant] = dict(constants)
        self._target = _VALUE
        self._place_only = False

    def function_rest(self, name: str, *, is_lambda: bool = False) -> tree.Function:
        """Parse parameters and body of a function, after the `(`."""
        raise NotImplementedError

    def class_rest(self) -> tree.ClassOf:
        """Parse a class, after its name."""
        raise NotImplementedError

    def table_slots(self, end: str) -> list[tuple[tree.SyntaxNode, tree.SyntaxNode]]:
        """Parse the slots of a table or of attributes, with the closing token."""
        raise NotImplementedError

    def comma(self) -> tree.SyntaxNode:
        """Parse expressions separated by commas."""
        first = self.expression()
        if self.kind != ",":
            return first
        parts = [first]
        while self.accept(","):
            parts.append(self.expression())
        return tree.Comma(parts)

    def expression(self) -> tree.SyntaxNode:
        """Parse one expression, with its assignment or choice."""
        return self.deeper(self._expression)

    def _expression(self) -> tree.SyntaxNode:
        outside = self._target, self._place_only
        self._target, self._place_only = _VALUE, False
        node = self._binary(0)
        if self.kind in ASSIGNMENTS:
            node = self._assign(node)
        elif self.kind == "?":
            self.advance()
            yes = self.expression()
            self.expect(":")
            node = tree.Choice(node, yes, self.expression())
        self._target, self._place_only = outside
        return node

    def _assign(self, target: tree.SyntaxNode) -> tree.SyntaxNode:
        operator, kind, at = self.kind, self._target, self.at
        if kind == _VALUE:
            self.fail("can't assign expression")
        if kind == _BASE:
            self.fail(_BASE_IS_FIXED)
        stepped = self.error(_CANNOT_STEP) if kind == _STEPPED else None
        self.advance()
        value = self.expression()
        if stepped is not None:
            raise Rejected(stepped)
        if operator == "<-" and kind != _SLOT:
            self.fail("can't 'create' a local slot")
        return tree.Assignment(operator, target, value, at)

    def _binary(self, level: int) -> tree.SyntaxNode:
        left = self.prefixed()
        while True:
            operator = self.kind
            found = _LEVEL.get(operator, -1)
            if found < level:
                return left
            at = self.at
            self.advance()
            right = self._binary(found + 1)
            if found > 1:
                left = tree.Binary(operator, left, right, at)
            elif isinstance(left, tree.ShortCircuit) and left.operator == operator:
                left.operands.append(right)
            else:
                left = tree.ShortCircuit(operator, [left, right])

    def prefixed(self) -> tree.SyntaxNode:
        """Parse a primary expression and its suffixes: members, indexes, calls, `++`."""
        node = self._primary()
        while True:
            kind = self.kind
            if kind == ".":
                self.advance()
                at = self.at
                node = tree.Get(node, tree.Const(self.expect(NAME)), at)
                self._after_get()
            elif kind == "(":
                node = self._call(node)
            elif kind == "[":
                if self.tokens.after_newline[self.index]:
                    self.fail("cannot brake deref/or comma needed after [exp]=exp slot declaration")
                self.advance()
                at = self.at
                node = tree.Get(node, self.expression(), at)
                self.expect("]")
                self._after_get()
            elif kind in ("++", "--"):
                return self._stepped(node)
            else:
                return node

    def _after_get(self) -> None:
        self._target = _VALUE if self._target == _BASE else _SLOT

    def _stepped(self, node: tree.SyntaxNode) -> tree.SyntaxNode:
        if self.at_statement_end():
            return node
        at, by = self.at, 1 if self.kind == "++" else -1
        self.advance()
        if self._target == _VALUE or (self._place_only and self._target == _SLOT):
            self.fail(_CANNOT_STEP)
        if self._target == _BASE:
            self.fail(_BASE_IS_FIXED)
        if self._target == _SLOT:
            self._target = _STEPPED
        return tree.Increment(node, by, before=False, at=at)

    def _call(self, callee: tree.SyntaxNode) -> tree.SyntaxNode:
        at = self.at
        self._target = _VALUE
        self.advance()
        arguments: list[tree.SyntaxNode] = []
        while self.kind != ")":
            if len(arguments) + len(self.scope.live) + 3 > MAX_REGISTERS:
                self.fail(TOO_MANY_LOCALS)
            arguments.append(self.expression())
            if self.kind == ",":
                self.advance()
                if self.kind == ")":
                    self.fail("expression expected, found ')'")
        self.advance()
        return tree.CallExpression(callee, arguments, at)

    def _primary(self) -> tree.SyntaxNode:
        self._target = _VALUE
        kind = self.kind
        if kind in (NAME, "this", "constructor"):
            return self._name()
        if kind == TEXT:
            node: tree.SyntaxNode = tree.Const(self.value)
        elif kind == INTEGER:
            node = tree.Const(integer_value(self.value))
        elif kind == FLOAT:
            node = tree.Const(float_value(self.value))
        elif kind in _LITERALS:
            node = tree.Const(_LITERALS[kind])
        elif kind == "::":
            # The compiler reads `::` as the root table followed by a point.
            self.kind, self._target = ".", _SLOT
            return tree.Root()
        elif kind == "base":
            self._target, node = _BASE, tree.BaseClass()
        elif kind == "(":
            self.advance()
            node = self.comma()
            self.expect(")")
            return node
        else:
            return self._compound(kind)
        self.advance()
        return node

    def _compound(self, kind: str) -> tree.SyntaxNode:
        if kind in ("-", "!", "~", "typeof", "clone", "resume"):
            return self.deeper(self._unary)
        if kind in ("++", "--", "delete"):
            return self.deeper(self._place)
        if kind in ("[", "{", "class"):
            self.advance()
            if kind == "[":
                return tree.ArrayOf(self._items())
            return tree.TableOf(self.table_slots("}")) if kind == "{" else self.class_rest()
        if kind in ("function", "@"):
            self.advance()
            self.expect("(")
            return self.function_rest("", is_lambda=kind == "@")
        return self.fail("expression expected")

    def _items(self) -> list[tree.SyntaxNode]:
        items = []
        while self.kind != "]":
            items.append(self.expression())
            self.accept(",")
        self.advance()
        return items

    def _unary(self) -> tree.SyntaxNode:
        operator, at = self.kind, self.at
        self.advance()
        if operator == "-" and self.kind in (INTEGER, FLOAT):
            number = integer_value(self.value) if self.kind == INTEGER else float_value(self.value)
            self.advance()
            return tree.Const(-number)
        return tree.Unary(operator, self.prefixed(), at)

    def _place(self) -> tree.SyntaxNode:
        """Parse prefix `++` and `--`, and `delete`, whose operand must be a place and not a value."""
        operator, at = self.kind, self.at
        self.advance()
        outside = self._target, self._place_only
        self._place_only = True
        node = self.prefixed()
        if operator == "delete":
            self._refuse_delete()
        elif self._target == _VALUE:
            self.fail(_CANNOT_STEP)
        elif self._target == _BASE:
            self.fail(_BASE_IS_FIXED)
        self._target, self._place_only = outside
        if operator == "delete":
            return tree.DeleteExpression(node, at)
        return tree.Increment(node, 1 if operator == "++" else -1, before=True, at=at)

    def _refuse_delete(self) -> None:
        if self._target in (_VALUE, _BASE):
            self.fail("can't delete an expression" if self._target == _VALUE else "can't delete 'base'")
        if self._target != _SLOT:
            self.fail("cannot delete an (outer) local")

    def class_name(self) -> tree.SyntaxNode:
        """Parse the place that a class statement names."""
        outside = self._target, self._place_only
        self._place_only = True
        node = self.prefixed()
        if self._target in (_VALUE, _BASE):
            self.fail("invalid class name")
        if self._target != _SLOT:
            self.fail("cannot create a class in a local with the syntax(class <local>)")
        self._target, self._place_only = outside
        return node

    def _name(self) -> tree.SyntaxNode:
        name, at = self.value, self.at
        self.advance()
        variable = self.scope.local(name)
        if variable is not None:
            self._target = _LOCAL
            return tree.Local(variable)
        index = self.scope.capture(name) if self.scope.outer is not None else None
        if index is not None:
            if self.kind in _KEEPS_PLACE or (self._place_only and self.kind not in (".", "[")):
                self._target = _OUTER
            return tree.Outer(name, index)
        if name in self.constants:
            return self._constant(name, self.constants[name])
        self._target = _SLOT
        return tree.Name(name, at)

    def _constant(self, name: str, constant: Constant) -> tree.SyntaxNode:
        if not isinstance(constant, Mapping):
            return tree.Const(constant)
        self.expect(".")
        member = self.expect(NAME)
        if member not in constant:
            self.fail(f"invalid constant [{name}.{member}]")
        return tree.Const(constant[member])
