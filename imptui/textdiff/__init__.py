"""The comparison of texts, line by line and word by word.

Lines that occur once on both sides anchor the comparison. Gaps between them are matched by content, and changes are slid to where
a person expects them. A result is a list of edits, a patch, or the words that changed inside a line. It is plain computation
without threads; a caller ends it by `cancelled`. Nothing here knows Squirrel or the service.
"""
