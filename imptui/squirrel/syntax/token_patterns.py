"""Reserved words and operators of the language, and one pattern for nearly all of its tokens.

Source: the language's own lexical grammar, version 3.0.4.
"""

from __future__ import annotations

import re

RESERVED = frozenset(
    [
        "base",
        "break",
        "case",
        "catch",
        "class",
        "clone",
        "constructor",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "extends",
        "false",
        "for",
        "foreach",
        "function",
        "if",
        "in",
        "instanceof",
        "local",
        "null",
        "resume",
        "return",
        "static",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "while",
        "yield",
    ]
)
"""The 35 reserved words. `constructor` may still be used where a name is expected."""

END, NAME, TEXT, INTEGER, FLOAT, BAD = "<end>", "<name>", "<text>", "<integer>", "<float>", "<bad>"
"""Kinds of token. The kind of reserved words and operators is their spelling."""

_OPERATORS = [
    ">>>",
    "<=>",
    "...",
    "<-",
    "<<",
    "<=",
    "</",
    ">>",
    ">=",
    "==",
    "!=",
    "&&",
    "||",
    "::",
    "++",
    "--",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "/>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<",
    ">",
    "=",
    "!",
    "&",
    "|",
    "^",
    "~",
    "?",
    ":",
    ";",
    ",",
    ".",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
]

TOKEN = re.compile(
    r"""
      (?P<word>  [A-Za-z_][A-Za-z0-9_]* )
    | (?P<blank> [ \t\r\n]+ | //[^\n]* | \#[^\n]* )
    | (?P<block> /\*[^*]*(?:\*(?!/)[^*]*)*\*/ )
    | (?P<plain> "[^"\\\n]*" )
    | (?P<number> [0-9](?:(?<=0)(?:[xX][0-9A-Fa-f]*|[0-7]+)|(?:[0-9.]|[eE][+-]?[0-9])*) )
    | (?P<op>    """
    + "|".join(re.escape(op) for op in _OPERATORS)
    + r""" )
    """,
    re.VERBOSE,
)
"""Matches all tokens but strings with escapes, characters, `@` and invalid bytes, which `literals.py` reads."""
