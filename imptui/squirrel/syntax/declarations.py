"""Parser of declarations: locals, constants, functions, tables and classes."""

from __future__ import annotations

from collections.abc import Callable

from imptui.squirrel.syntax import tree
from imptui.squirrel.syntax.expressions import MAX_REGISTERS, TOO_MANY_LOCALS, ExpressionParser
from imptui.squirrel.syntax.numbers import float_value, integer_value
from imptui.squirrel.syntax.scope import FunctionScope
from imptui.squirrel.syntax.token_patterns import FLOAT, INTEGER, NAME, TEXT


class DeclarationParser(ExpressionParser):
    """Parses declarations; the subclass `Parser` adds the other statements."""

    def statement(self) -> tree.SyntaxNode:
        """Parse one statement, without its separator."""
        raise NotImplementedError

    def _scoped(self, parse_body: Callable[[], tree.SyntaxNode]) -> tree.SyntaxNode:
        mark = len(self.scope.live)
        node = parse_body()
        self.scope.close(mark)
        return node

    def _declare(self, name: str) -> tree.Variable:
        variable = self.scope.declare(name)
        if len(self.scope.live) > MAX_REGISTERS:
            self.fail(TOO_MANY_LOCALS)
        return variable

    def _local(self) -> tree.SyntaxNode:
        self.advance()
        if self.accept("function"):
            name = self.expect(NAME)
            self.expect("(")
            function = self.function_rest(name)
            return tree.Declare(self._declare(name), function)
        declared: list[tree.SyntaxNode] = []
        while True:
            name = self.expect(NAME)
            value = self.expression() if self.accept("=") else None
            declared.append(tree.Declare(self._declare(name), value))
            if not self.accept(","):
                return declared[0] if len(declared) == 1 else tree.Block(declared)

    def _function(self) -> tree.SyntaxNode:
        self.advance()
        at = self.at
        name = self.expect(NAME)
        target: tree.SyntaxNode = tree.Name(name, at)
        while self.accept("::"):
            name = self.expect(NAME)
            target = tree.Get(target, tree.Const(name), at)
        self.expect("(")
        return tree.Expression(tree.Assignment("<-", target, self.function_rest(name), at))

    def _class(self) -> tree.SyntaxNode:
        self.advance()
        at = self.at
        name = self.class_name()
        return tree.Expression(tree.Assignment("<-", name, self.class_rest(), at))

    def _const(self) -> tree.SyntaxNode:
        self.advance()
        name = self.expect(NAME)
        self.expect("=")
        value = self._scalar()
        self.separator()
        self.constants[name] = value
        return tree.Block([])

    def _enum(self) -> tree.SyntaxNode:
        self.advance()
        name = self.expect(NAME)
        self.expect("{")
        members: dict[str, tree.Scalar] = {}
        following = 0
        while self.kind != "}":
            key = self.expect(NAME)
            if self.accept("="):
                members[key] = self._scalar()
            else:
                members[key] = following
                following += 1
            self.accept(",")
        self.constants[name] = members
        self.advance()
        return tree.Block([])

    def _scalar(self) -> tree.Scalar:
        sign = -1 if self.accept("-") else 1
        value: tree.Scalar
        if self.kind == INTEGER:
            value = sign * integer_value(self.value)
        elif self.kind == FLOAT:
            value = sign * float_value(self.value)
        elif self.kind == TEXT and sign > 0:
            value = self.value
        else:
            self.fail("scalar expected : integer,float" + (" or string" if sign > 0 else ""))
        self.advance()
        return value

    def function_rest(self, name: str, *, is_lambda: bool = False) -> tree.Function:
        """Parse parameters and body, after the `(`."""
        function = tree.Function(name, is_lambda=is_lambda, at=self.at)
        inner = FunctionScope(function, self.scope)
        while self.kind != ")":
            if self.kind == "...":
                self._variadic(function, inner)
                break
            function.parameters.append(inner.declare(self.expect(NAME)))
            if self.accept("="):
                function.defaults.append(self.expression())
            elif function.defaults:
                self.fail("expected '='")
            if not self.accept(",") and self.kind != ")":
                self.fail("expected ')' or ','")
        self.expect(")")
        self.scope = inner
        function.body = tree.Return(self.expression()) if is_lambda else self.statement()
        self.scope = inner.outer or inner
        return function

    def _variadic(self, function: tree.Function, inner: FunctionScope) -> None:
        if function.defaults:
            self.fail("function with default parameters cannot have variable number of parameters")
        self.advance()
        function.parameters.append(inner.declare("vargv"))
        function.variadic = True
        if self.kind != ")":
            self.fail("expected ')'")

    def table_slots(self, end: str) -> list[tuple[tree.SyntaxNode, tree.SyntaxNode]]:
        """Parse the slots of a table or of attributes, with the closing token."""
        slots: list[tuple[tree.SyntaxNode, tree.SyntaxNode]] = []
        while self.kind != end:
            if self.kind == TEXT:
                key: tree.SyntaxNode = tree.Const(self.value)
                self.advance()
                self.expect(":")
                slots.append((key, self.expression()))
            else:
                slots.append(self._slot())
            self.accept(",")
        self.advance()
        return slots

    def _slot(self) -> tuple[tree.SyntaxNode, tree.SyntaxNode]:
        kind = self.kind
        if kind in ("function", "constructor"):
            self.advance()
            name = self.expect(NAME) if kind == "function" else "constructor"
            self.expect("(")
            return tree.Const(name), self.function_rest(name)
        if self.accept("["):
            key = self.comma()
            self.expect("]")
        else:
            key = tree.Const(self.expect(NAME))
        self.expect("=")
        return key, self.expression()

    def class_rest(self) -> tree.ClassOf:
        """Parse a class, after its name."""
        at = self.at
        base = self.expression() if self.accept("extends") else None
        if self.accept("</"):
            self.table_slots("/>")
        self.expect("{")
        members: list[tuple[tree.SyntaxNode, tree.SyntaxNode, bool]] = []
        while self.kind != "}":
            if self.accept("</"):
                self.table_slots("/>")
            is_static = self.accept("static")
            members.append((*self._slot(), is_static))
            self.accept(";")
        self.advance()
        return tree.ClassOf(base, members, at)
