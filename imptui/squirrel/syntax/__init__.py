"""From source text to a syntax tree, with the errors that the compiler of the imp platform reports."""
