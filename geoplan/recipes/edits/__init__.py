"""Edits: what was drawn by hand in a page, read strictly and judged."""
