"""Production lines: fixtures, units under test and blessings."""
