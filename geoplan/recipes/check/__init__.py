"""The check: everything read, nothing repaired, all told."""
