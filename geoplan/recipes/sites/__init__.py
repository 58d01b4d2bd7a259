"""Siting: what is asked of a study, the plans that answer, their papers."""
