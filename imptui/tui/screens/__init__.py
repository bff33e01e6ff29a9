"""Screens: one module for each view that fills the terminal.

A screen arranges panes, holds the use-case that it shows, and passes the situation to commands. It reads from the cache through
the fleet and draws the visible part.
"""
