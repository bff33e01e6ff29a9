"""Turn nouns of the field into text, colours and columns, without a widget.

Ages, bars, units, headings, summaries of reviews and lineages are made here by plain functions, so that they can be
tested without a screen. Text from outside passes through `safe` once: control, bidirectional and escape characters are
shown and never sent. Colours are named by role; themes say what they look like.
"""
