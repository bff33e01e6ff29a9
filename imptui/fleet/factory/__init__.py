"""Production lines: fixtures, units under test and blessings, as the API shows them.

The service knows no lines. A line is inferred from the targets of a fixture group and from the devices that stand in
them.
"""
