"""The language of the platform: lexing, highlighting, outlining, checking and running Squirrel.

The room knows the language and the imp API, and nothing of the service. `syntax` reports what the compiler of the
platform reports, with row and column. `interpreter` runs the programs of a device and its agent side by side within a
budget, for the engine and its logs. The lexer is a plug-in of Pygments.
"""
