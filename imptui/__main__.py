"""`python -m imptui` is `imptui`."""

from imptui.cli import main

if __name__ == "__main__":
    main()
