"""The console on a terminal, built with Textual.

Screens read from the cache through the fleet and act through commands; nothing here dials or queries. What is drawn is
in proportion to the screen, never to the fleet. Text that came from outside passes through one place that makes it
safe. Nouns become text in `present`, text becomes widgets, widgets become screens.
"""
