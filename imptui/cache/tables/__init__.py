"""The tables: one module per kind of object that the cache stores.

Each class reads, saves and deletes the rows of one table and returns nouns of the field. A complete pass deletes the rows that it
did not meet; an incomplete pass deletes nothing. Lists of devices are read in windows, never as a whole.
"""
