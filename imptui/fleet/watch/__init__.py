"""Keeps the readings of visible devices fresh within the request budget.

Lists do not report signal and memory, and the service does not push them, so they are polled. Visible rows come first, the
oldest reading before the others; a round that is still running drops the next one.
"""
