"""The state of one impCloud, in SQLite, with the clock and the chance it lives by."""
