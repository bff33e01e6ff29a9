"""One class per verb: its keys, its words, and why it is not available."""
