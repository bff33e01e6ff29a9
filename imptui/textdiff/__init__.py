"""Compares texts line by line and word by word."""
