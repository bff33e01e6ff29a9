"""The nouns of impCentral and the rules between them, in plain Python without a library, a clock or a socket.

Products, device groups, devices, deployments and accounts are immutable values. `errors` is the vocabulary of refusals that the
engine raises and the client rebuilds. `policy` holds the rules that both sides apply: the engine enforces them, the terminal
shows the reason before anything is sent. `rows` combines nouns with the facts that lists show beside them.
"""
