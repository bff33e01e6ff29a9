"""Screens: one module for each view that fills the terminal.

A screen arranges panes, holds the use-case that it shows, and hands the situation to commands. It reads from the cache
through the fleet and draws what is visible. The title of a screen names the question that it answers.
"""
