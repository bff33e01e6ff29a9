"""The world in SQLite: repositories by resource, migrations, bulk fill.

A request is one transaction, with one writer and readers beside it that see a snapshot. Repositories take and give
records; no other room of the engine holds SQL. Large tables refer to others by whole numbers, so that a million devices
stay small. Every acknowledged change survives a killed process.
"""
