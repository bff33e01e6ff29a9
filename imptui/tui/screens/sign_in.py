"""Signing in: who, with what, where; secrets are never echoed."""

from imptui.tui.commands.questions import Entry, Form

SIGN_IN = Form(
    "Sign in",
    (
        Entry("username", "user name or email"),
        Entry("password", "password", is_secret=True),
        Entry("otp", "one-time password", hint="only when the account asks for one"),
    ),
    "Sign in",
)
"""What is asked of a person whose token ended; the terminal shows it when the service answers that nobody is logged in."""
