"""Comparison: two studies, or a study and a division, side by side."""
