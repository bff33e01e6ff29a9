"""Parser of statements: from a program to its syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from imptui.squirrel.syntax import tree
from imptui.squirrel.syntax.declarations import DeclarationParser
from imptui.squirrel.syntax.errors import Rejected
from imptui.squirrel.syntax.scanner import TokenList
from imptui.squirrel.syntax.scope import Constant
from imptui.squirrel.syntax.token_patterns import END, NAME
from imptui.squirrel.syntax.token_reader import TOO_DEEP


def parse(
    tokens: TokenList,
    constants: Mapping[str, Constant],
    *,
    cancelled: Callable[[], bool] | None = None,
    keep: bool = True,
) -> tree.Function:
    """Parse a program and return its main function.

    Args:
        tokens: All tokens of the program.
        constants: Constants that are declared in front of it.
        cancelled: Called now and then; parsing stops if it returns True.
        keep: False if only the verdict is needed; statements are dropped as they are parsed.

    Raises:
        Rejected: The compiler refuses the program.
        Abandoned: `cancelled` returned True.
    """
    parser = Parser(tokens, constants, cancelled)
    try:
        return parser.program(keep=keep)
    except RecursionError:
        raise Rejected(parser.error(TOO_DEEP)) from None


class Parser(DeclarationParser):
    """The complete parser: adds statements to declarations and expressions."""

    def program(self, *, keep: bool) -> tree.Function:
        """Parse the whole program."""
        main = self.scope.function
        main.parameters, main.variadic = [self.scope.declare("vargv")], True
        statements: list[tree.SyntaxNode] = []
        self.advance()
        while self.kind != END:
            node = self.statement()
            if keep:
                statements.append(node)
            self.separator_after_statement()
        main.body = tree.Block(statements)
        return main

    def statement(self) -> tree.SyntaxNode:
        """Parse one statement, without its separator."""
        self.check_cancelled()
        found = _STATEMENTS.get(self.kind)
        if found is None:
            return tree.Expression(self.comma())
        return self.deeper(partial(found, self))

    def statements(self) -> tree.Block:
        """Parse statements up to `}`, `case` or `default`."""
        nodes: list[tree.SyntaxNode] = []
        while self.kind not in ("}", "case", "default"):
            nodes.append(self.statement())
            self.separator_after_statement()
        return tree.Block(nodes)

    def _empty(self) -> tree.SyntaxNode:
        self.advance()
        return tree.Block([])

    def _block(self) -> tree.SyntaxNode:
        self.advance()
        body = self._scoped(self.statements)
        self.expect("}")
        return body

    def _condition(self) -> tree.SyntaxNode:
        self.expect("(")
        node = self.comma()
        self.expect(")")
        return node

    def _if(self) -> tree.SyntaxNode:
        """Parse a whole chain of `else if` in one loop, so that long chains are not nested deeply."""
        branches: list[tuple[tree.SyntaxNode, tree.SyntaxNode]] = []
        otherwise, chained = None, 0
        while True:
            self.advance()
            condition = self._condition()
            body = self._scoped(self.statement)
            branches.append((condition, body))
            if self.kind not in ("}", "else"):
                self.separator()
            if not self.accept("else"):
                break
            chained += 1
            if self.kind != "if":
                otherwise = self._scoped(self.statement)
                break
        for _ in range(chained):
            # Each `else` requires a separator of its own; the `}` of a block does not count.
            self.separator()
        return tree.If(branches, otherwise)

    def _loop_body(self) -> tree.SyntaxNode:
        self.scope.breakable += 1
        self.scope.continuable += 1
        body = self._scoped(self.statement)
        self.scope.breakable -= 1
        self.scope.continuable -= 1
        return body

    def _while(self) -> tree.SyntaxNode:
        self.advance()
        condition = self._condition()
        return tree.Loop(None, condition, None, self._loop_body(), test_last=False)

    def _do(self) -> tree.SyntaxNode:
        self.advance()
        body = self._loop_body()
        self.expect("while")
        return tree.Loop(None, self._condition(), None, body, test_last=True)

    def _for(self) -> tree.SyntaxNode:
        self.advance()
        return self._scoped(self._for_rest)

    def _for_rest(self) -> tree.SyntaxNode:
        self.expect("(")
        start = None
        if self.kind == "local":
            start = self._local()
        elif self.kind != ";":
            start = tree.Expression(self.comma())
        self.expect(";")
        condition = None if self.kind == ";" else self.comma()
        self.expect(";")
        step = None if self.kind == ")" else self.comma()
        self.expect(")")
        return tree.Loop(start, condition, step, self._loop_body(), test_last=False)

    def _foreach(self) -> tree.SyntaxNode:
        self.advance()
        at = self.at
        self.expect("(")
        index_name, value_name = None, self.expect(NAME)
        if self.accept(","):
            index_name, value_name = value_name, self.expect(NAME)
        self.expect("in")
        mark = len(self.scope.live)
        source = self.expression()
        self.expect(")")
        index = self._declare(index_name or "@INDEX@")
        value = self._declare(value_name)
        self._declare("@ITERATOR@")
        body = self._loop_body()
        self.scope.close(mark)
        return tree.Foreach(index if index_name else None, value, source, body, at)

    def _switch(self) -> tree.SyntaxNode:
        self.advance()
        subject = self._condition()
        self.expect("{")
        self.scope.breakable += 1
        cases: list[tuple[tree.SyntaxNode, tree.SyntaxNode]] = []
        while self.accept("case"):
            value = self.expression()
            self.expect(":")
            cases.append((value, self._scoped(self.statements)))
        default = None
        if self.accept("default"):
            self.expect(":")
            default = self._scoped(self.statements)
        self.expect("}")
        self.scope.breakable -= 1
        return tree.Switch(subject, cases, default)

    def _return(self) -> tree.SyntaxNode:
        self.advance()
        return tree.Return(None if self.at_statement_end() else self.comma())

    def _yield(self) -> tree.SyntaxNode:
        at = self.at
        self.scope.function.generator = True
        self.advance()
        return tree.Yield(None if self.at_statement_end() else self.comma(), at)

    def _break(self) -> tree.SyntaxNode:
        if not self.scope.breakable:
            self.fail("'break' has to be in a loop block")
        self.advance()
        return tree.Break()

    def _continue(self) -> tree.SyntaxNode:
        if not self.scope.continuable:
            self.fail("'continue' has to be in a loop block")
        self.advance()
        return tree.Continue()

    def _try(self) -> tree.SyntaxNode:
        self.advance()
        body = self._scoped(self.statement)
        self.expect("catch")
        self.expect("(")
        name = self.expect(NAME)
        self.expect(")")
        mark = len(self.scope.live)
        variable = self._declare(name)
        handler = self.statement()
        self.scope.close(mark)
        return tree.Try(body, variable, handler)

    def _throw(self) -> tree.SyntaxNode:
        at = self.at
        self.advance()
        return tree.Throw(self.comma(), at)


_STATEMENTS: dict[str, Callable[[Parser], tree.SyntaxNode]] = {
    ";": Parser._empty,
    "{": Parser._block,
    "if": Parser._if,
    "while": Parser._while,
    "do": Parser._do,
    "for": Parser._for,
    "foreach": Parser._foreach,
    "switch": Parser._switch,
    "local": Parser._local,
    "return": Parser._return,
    "yield": Parser._yield,
    "break": Parser._break,
    "continue": Parser._continue,
    "function": Parser._function,
    "class": Parser._class,
    "enum": Parser._enum,
    "try": Parser._try,
    "throw": Parser._throw,
    "const": Parser._const,
}
"""Parsers by the first token of a statement. The table is outside the class, because a parser that held its own bound methods
would outlive its program."""
