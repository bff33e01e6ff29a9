"""Scanner, parser, tree, scope and checker: from source text to a syntax tree.

The checker reports the errors that the compiler of the imp platform reports, with row and column from 1, before anything is sent.
Deep nesting continues in threads with their own stacks, so that no program exhausts the stack.
"""
