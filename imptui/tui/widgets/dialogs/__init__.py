"""Dialogs for questions, menus, reports and the command line.

Each is a `Dialog`, which ignores keys for a moment after it opened.
"""
