"""Generations: every write to the cache makes the next one, and whoever listens hears that there is one.

Listeners get no ids: a message that may be collapsed must not carry what only it knows. They ask `since(generation)`.
"""
