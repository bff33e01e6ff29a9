"""Widgets: tables, trees, text views, dialogs and forms that screens are made of.

A widget owns its lines and its keys for moving and scrolling, posts messages about what happened, and never imports a
screen. Lists hold a window of rows, not all of them; text views draw the visible part of a file of any size.
"""
