"""Everything the user sets and the program remembers of its use, and where the files lie.

Settings are written by the user and only read. Contexts, session state, earlier filters and secrets are written by the
program, each to a file of its own that only its owner can read, replaced as a whole. Nothing below the command line and
the terminal reads a file of this room; values are handed down as arguments.
"""
