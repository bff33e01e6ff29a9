"""Drafts, reviews and deployments: create exactly once, rollout, roll back, history, lineage and clean-up."""
