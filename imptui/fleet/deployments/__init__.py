"""Drafts, reviews and deployments: create exactly once, rollout, roll back, history, lineage and clean-up.

A draft is compared with the group's current deployment and carries the cautions of a review. Deploying reads the group
again; if its current deployment moved, it raises a conflict with the new comparison. A creation whose answer was lost
is looked up before it is tried again. Rollout and lineage are inferred from the cache, and the output says so.
"""
