"""Starts: trees grown and cut, atoms matched."""
