"""Long attacks on matcher: drawn cohorts, spoiled input, stops at random moments, hostile content, faults in code.

Each is a command of its own that anyone can repeat from a seed; a short part of each is among the tests.
"""
