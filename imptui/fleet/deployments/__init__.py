"""From a draft to running devices: drafts, review context, creation, rollout."""
