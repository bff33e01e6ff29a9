"""The console on a terminal, built with Textual.

Screens read from the cache through the fleet and act through commands; nothing here makes requests or runs SQL. The cost of
painting depends on the screen, never on the fleet. Foreign text passes through `present/safe.py`, which makes it safe. `present`
turns nouns into text, widgets show text, screens hold widgets.
"""
