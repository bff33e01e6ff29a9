"""The nouns of impCentral and the rules between them, in plain Python without a library, a clock or a socket."""
