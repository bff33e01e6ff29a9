"""A Pygments lexer for Squirrel as Electric Imp's compiler reads it.

The reference is Squirrel 3.0.4, whose lexer this one follows token by token. It adds `#require` and `#line`, and the directives
of the Builder preprocessor.

Every rule takes time linear in its input, also if it fails: no two branches of a repetition can start with the same character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from imptui.squirrel.api_names import CONSTANTS, GLOBAL_FUNCTIONS, OBJECTS
from imptui.squirrel.syntax.token_patterns import RESERVED

__all__ = ["DIRECTIVE", "INTERPOLATION", "SquirrelLexer"]

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"

_RESERVED = sorted(RESERVED - {"constructor"})
"""Words that cannot be names. `constructor` is reserved, too, but may be used wherever a name may."""

_FREE_NAME = rf"(?!(?:{'|'.join(_RESERVED)})\b){_NAME}"

DIRECTIVE = (
    r"[ \t]*@(?:(?:include|set|if|elseif|else|endif|error|warning|macro|endmacro|while|endwhile|repeat|endrepeat|end)\b"
    r"|(?=[ \t\r\n]|\Z)(?![ \t]+\())[^\n]*"
)
"""A line for the Builder: a directive, or its comment, which is `@` and a blank. `@ (` starts a lambda."""

INTERPOLATION = (
    r"@\{(?:[^{}\"'\n]|\"[^\"\n]*\"|'[^'\n]*'|\{(?:[^{}\"'\n]|\"[^\"\n]*\"|'[^'\n]*'){0,300}\}){0,300}\}"
    r"|@\{[^{}\"\n]{0,300}\}"
)
"""A Builder expression inside a line, with quotes and one level of braces, bounded in length."""


_groups: Callable[..., object] = bygroups  # the stubs leave `bygroups` untyped


class SquirrelLexer(RegexLexer):
    """Lexer for Squirrel source code, in the dialect of Electric Imp's devices and agents."""

    name = "Squirrel"
    url = "http://squirrel-lang.org/"
    aliases: ClassVar[list[str]] = ["squirrel", "nut"]
    filenames: ClassVar[list[str]] = ["*.nut"]
    mimetypes: ClassVar[list[str]] = ["text/x-squirrel"]

    tokens: ClassVar = {
        "root": [
            (r"(?:[ \t\r]*\n)+", Whitespace),
            (r"^([ \t]*)(#(?:require|line|import)\b[^\n]*)", _groups(Whitespace, Comment.Preproc)),
            (r"^([ \t]*)(@(?=[ \t\r\n]|\Z)(?![ \t]+\()[^\n]*)", _groups(Whitespace, Comment.Single)),
            (rf"^(?={DIRECTIVE})([ \t]*)([^\n]*)", _groups(Whitespace, Comment.Preproc)),
            (r"[ \t\r]+", Whitespace),
            (r"//[^\n]*|\#[^\n]*", Comment.Single),
            (r"/\*[\s\S]*?\*/", Comment.Multiline),
            (r"/\*[\s\S]*", Error),
            include("names"),
            include("literals"),
            include("signs"),
        ],
        "names": [
            (rf"(\.)([ \t\r\n]*)({_FREE_NAME})", _groups(Punctuation, Whitespace, Name.Attribute)),
            (r"function\b", Keyword.Declaration, "function name"),
            (r"class\b", Keyword.Declaration, "class name"),
            (words(("const", "constructor", "enum", "extends", "local", "static"), suffix=r"\b"), Keyword.Declaration),
            (words(("false", "null", "true"), suffix=r"\b"), Keyword.Constant),
            (words(("clone", "delete", "in", "instanceof", "resume", "typeof"), suffix=r"\b"), Operator.Word),
            (words(("base", "this", "vargv"), suffix=r"\b"), Name.Builtin.Pseudo),
            (words(_RESERVED, suffix=r"\b"), Keyword),
            (words(OBJECTS, suffix=r"\b"), Name.Builtin),
            (words(GLOBAL_FUNCTIONS, suffix=r"(?=[ \t]*\()"), Name.Builtin),
            (rf"(?:{CONSTANTS})\b", Name.Constant),
            (_NAME, Name),
        ],
        "function name": [
            (r"[ \t\r\n]+", Whitespace),
            (rf"({_FREE_NAME})([ \t\r\n]*)(::)", _groups(Name.Class, Whitespace, Operator)),
            (_FREE_NAME, Name.Function, "#pop"),
            default("#pop"),
        ],
        "class name": [
            (r"[ \t\r\n]+", Whitespace),
            (_FREE_NAME, Name.Class, "#pop"),
            default("#pop"),
        ],
        "literals": [
            # Octal comes first: after 0 and an octal digit, a point does not belong to the number.
            (r"0[xX][0-9A-Fa-f]*", Number.Hex),
            (r"0[0-7]+(?![0-9])", Number.Oct),
            (r"0[0-7]+[0-9]+", Error),
            (r"[0-9]+(?:\.|[eE][+-]?[0-9])(?:[0-9.]|[eE][+-]?[0-9])*", Number.Float),
            (r"[0-9]+", Number.Integer),
            (r'"[^"\\\n@]*"', String.Double),
            (r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*\\?(?=\n|\Z)', Error),
            (r'"', String.Double, "string"),
            (r"'(?:[\x00-\x09\x0b-\x26\x28-\x5b\x5d-\x7f]|\\x[0-9A-Fa-f]{1,4}|\\[tabnrvf0\\\"'])'", String.Char),
            (r"'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*\\?'?", Error),
            (INTERPOLATION, String.Interpol),
            (r'@"', String.Other, "verbatim"),
        ],
        "string": [
            (r'"', String.Double, "#pop"),
            (r"\\x[0-9A-Fa-f]{1,4}|\\[tabnrvf0\\\"']", String.Escape),
            (r"\\[^\n]?", Error),
            (INTERPOLATION, String.Interpol),
            (r'[^"\\\n@]+|@', String.Double),
            default("#pop"),
        ],
        "verbatim": [
            (r'""', String.Other),
            (r'"', String.Other, "#pop"),
            (INTERPOLATION, String.Interpol),
            (r'[^"@]+|@', String.Other),
        ],
        "signs": [
            (r"</|/>", Punctuation),
            (r">>>|<=>|\.\.\.|<-|<<|<=|>>|>=|==|!=|&&|\|\||::|\+\+|--|[-+*/%]=|[-+*/%<>=!&|^~?@]", Operator),
            (r"\.\.", Error),
            (r"[:;,.(){}\[\]]", Punctuation),
        ],
    }

    @staticmethod
    def analyse_text(text: str) -> float:
        """Return the likelihood, from 0 to 1, that a text is Squirrel, judged by its first lines."""
        head = text[:20_000]
        if re.search(r'^#require[ \t]+"[^"\n]+:[^"\n]+"', head, re.MULTILINE):
            return 0.9
        score = 0.0
        for sign in (r"\bfunction\s+\w+::\w+\s*\(", r"\w\s*<-\s*\S", r"\bserver\.(?:log|error)\(", r"\bimp\.wakeup\("):
            score += 0.2 if re.search(sign, head) else 0.0
        return score
