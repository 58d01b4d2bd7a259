"""What tags mean, worked out once for all objects whose tags agree on it.

Most ways of a city differ in their names and in little else.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from geoplan.presets import Tags

Meaning = TypeVar("Meaning")


class Judged(Generic[Meaning]):
    """A function of tags that remembers what it said of which values.

    Only the keys that the function has asked for so far tell tags apart: the
    function must depend on nothing but tags, and ask for them by their keys.

    Examples
    --------
    >>> kind = Judged(lambda tags: tags.get("highway", ""))
    >>> kind({"highway": "path", "name": "a"}), kind({"highway": "path"})
    ('path', 'path')
    """

    def __init__(self, judge: Callable[[Tags], Meaning]) -> None:
        self._judge = judge
        self._asked: tuple[str, ...] = ()
        self._known: dict[tuple[str | None, ...], Meaning] = {}

    def __call__(self, tags: Tags) -> Meaning:
        """Return what the function says of tags."""
        try:
            return self._known[tuple(map(tags.get, self._asked))]
        except KeyError:
            return self._judged(tags)

    def _judged(self, tags: Tags) -> Meaning:
        asking = _Asking(tags)
        meaning = self._judge(asking)
        if not asking.keys_asked.issubset(self._asked):
            self._asked = tuple(sorted(asking.keys_asked.union(self._asked)))
            self._known = {}
        self._known[tuple(map(tags.get, self._asked))] = meaning
        return meaning


class _Asking(Mapping[str, str]):
    """Tags that note which keys they are asked for."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self.keys_asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.keys_asked.add(key)
        return self._tags[key]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("tags are asked for by their keys")

    def __len__(self) -> int:
        raise TypeError("tags are asked for by their keys")
