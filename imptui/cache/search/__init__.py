"""Search: from a query to device rows in order.

`conditions` turns an expression into SQL, `sources` finds an index or a trigram that leaves few rows, `selectivity` estimates
their number, and `search` decides between walking an index and sorting. A snapshot holds the order of a list, four bytes a
device, so that rows do not move while the user reads them. Indexes that only large fleets need are built after the first pass.
"""
