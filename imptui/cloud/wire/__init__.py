"""Bytes to questions, and answers to bytes: the spellings of the API, apart from its rules."""
