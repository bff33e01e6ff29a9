"""Ingesting: pages of the service become rows, one transaction each.

Only what changed is written: digests of documents tell which devices a page need not be compared with. In the same
transaction the derived facts follow: tallies of groups, trigrams of names, problems, ranks of groups. The progress of a
pass is saved, so that the next start goes on there.
"""
