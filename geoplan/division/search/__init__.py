"""The search: a start by spanning trees or multilevel cuts, then moves and swaps."""
