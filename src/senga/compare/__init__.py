"""Honest comparison: what is measured is what is shipped, on one split, by the same rules for all."""
