"""A good plan, quickly: greedy, then exchanges, then disturbances by lot."""

from geoplan.sites.search.exchange import arrays, rule_arrays, searched

__all__ = ["arrays", "rule_arrays", "searched"]
