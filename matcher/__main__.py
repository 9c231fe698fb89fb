"""`python -m matcher` is the command `matcher`."""

from matcher.cli import main

main()
