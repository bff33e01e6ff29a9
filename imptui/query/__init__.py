"""The filter language: grammar, terms, numbers, regular expressions, implication, help and completion."""
