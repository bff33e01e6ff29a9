"""Ingestion: pages of the service become rows, one transaction each.

Only changes are written: digests of list entries tell which devices of a page are unchanged. The same transaction updates derived
values: tallies of groups, trigrams of names, problems, ranks of groups. The progress of a pass is saved, so that the next start
resumes it.
"""
