"""Keeping the readings of visible devices fresh within the request budget."""
