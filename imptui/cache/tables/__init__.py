"""The tables: one module per kind of thing that the cache stores.

Each class reads, saves and forgets the rows of one table and gives back nouns of the field. What a complete pass did
not meet is forgotten; an incomplete pass forgets nothing. Lists of devices are asked for in windows, never as a whole.
"""
