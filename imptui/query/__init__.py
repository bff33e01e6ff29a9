"""The filter language: grammar, terms, numbers, regular expressions, implication, help and completion.

Typed text becomes an expression, and an expression becomes text again. `grammar` parses and prints, `expression` has the nodes,
`query` adds scope and order. `implication` decides if one filter can only find what another one found. Nothing here knows SQL;
the cache translates.
"""
