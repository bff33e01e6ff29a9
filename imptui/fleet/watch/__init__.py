"""Keeping the readings of visible devices fresh within the request budget.

Signal and memory are in no list and are never pushed, so they are polled. The visible rows come first, the oldest
reading of them before the others; a round that is still running drops the next one.
"""
