"""Production lines: fixtures, units under test and blessings, as the API shows them.

The service has no lines. The fleet infers a line from the targets of a fixture group and from the devices in them.
"""
