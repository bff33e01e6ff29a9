"""The nouns of impCentral and the rules that hold between them: plain Python, no library, no clock, no socket."""
