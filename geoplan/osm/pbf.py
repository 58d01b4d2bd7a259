"""A PBF file: where its blobs lie, and what is in them.

https://wiki.openstreetmap.org/wiki/PBF_Format. A blob is read when it is asked
for; threads unpack and decode several at a time. Whatever is unknown here
raises ValueError.
"""

import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, TypeVar

from geoplan.errors import InputError
from geoplan.osm.blocks import Block
from geoplan.osm.extract import Degrees
from geoplan.osm.header import box_of
from geoplan.osm.messages import fields, parts, varint

Result = TypeVar("Result")

_HEADER, _BLOB = 2**16, 2**25  # bytes that libosmium reads at most of either
_TYPE, _INDEX, _SIZE = 10, 18, 24  # fields of a blob's header
_OF_HEADER = frozenset({_TYPE, _INDEX, _SIZE})
_RAW, _RAW_SIZE, _ZLIB = 10, 16, 26  # fields of a blob
_OF_BLOB = frozenset({_RAW, _RAW_SIZE, _ZLIB})
_FEATURES = frozenset({b"OsmSchema-V0.6", b"DenseNodes"})
_REQUIRED = 34  # field of the header block
_LARGEST = 2**24  # bytes of a block, as the format recommends
_KEPT = 2**25  # bytes of blocks that are kept for a second look
_FEW, _SMALLEST = 1000, 1000  # beyond so many blobs: bytes of one, on average
_BOMB = 200  # times as large as the file, and more, is what no data unpack to


class PbfFile:
    """A file whose blocks are decoded one by one, in the order of the file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._kept: dict[int, Block] = {}
        self.kinds: dict[int, list[int]] = {}  #: of the groups of the blocks seen
        try:
            header, *self._blobs = _blobs(self._file)
            room = self._room(path)
            self.box = self._box(header)
        except BaseException:
            self._file.close()
            raise
        self.small = room <= _KEPT  #: whether all blocks are kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._blobs)

    def each(
        self, numbers: Iterable[int], work: Callable[[Block], Result]
    ) -> Iterator[tuple[int, Result]]:
        """Yield what a piece of work makes of some blocks, in their order."""
        threads = _threads()
        waiting: deque[tuple[int, Future[tuple[Block, Result]]]] = deque()
        with ThreadPoolExecutor(threads) as pool:
            for number in numbers:
                known, blob = self._kept.get(number), self._blobs[number]
                data = b"" if known else self._read(blob)
                task = pool.submit(_worked, known, data, blob.room, work)
                waiting.append((number, task))
                if len(waiting) > threads:
                    yield self._done(*waiting.popleft())
            while waiting:
                yield self._done(*waiting.popleft())

    def holding(self, kind: int) -> list[int]:
        """Return the blocks seen that hold a kind of group."""
        return [number for number in sorted(self.kinds) if kind in self.kinds[number]]

    def in_order(self) -> bool:
        """Return whether nodes come before ways and ways before relations."""
        kinds = [kind for number in sorted(self.kinds) for kind in self.kinds[number]]
        return len(self.kinds) == len(self) and kinds == sorted(kinds)

    def _done(
        self, number: int, task: Future[tuple[Block, Result]]
    ) -> tuple[int, Result]:
        block, result = task.result()
        self.kinds[number] = block.kinds
        if self.small:
            self._kept[number] = block
        return number, result

    def _room(self, path: Path) -> int:
        """Return how large the blocks say they are, all together.

        Raises
        ------
        InputError
            They say that they are far larger than any data of a file.
        ValueError
            One is larger than the decoder likes.
        """
        rooms = [blob.room for blob in self._blobs]
        size = path.stat().st_size
        if sum(rooms) > _BOMB * size + _BLOB:
            problem = f"{size} bytes that unpack to {sum(rooms)}"
            raise InputError.at("osm_broken", file=path, problem=problem)
        if max(rooms, default=0) > _LARGEST:
            raise ValueError(rooms)
        return sum(rooms)

    def _read(self, blob: "_Blob") -> bytes:
        self._file.seek(blob.start)
        return self._file.read(blob.size)

    def _box(self, header: "_Blob") -> Degrees | None:
        """Return west, south, east, north that the file says it covers."""
        raw = _unpacked(self._read(header), header.room)
        for tag, first, last in fields(raw, 0, len(raw)):
            if tag == _REQUIRED and raw[first:last] not in _FEATURES:
                raise ValueError(raw[first:last])
        self._file.seek(0)
        data = self._file.read(header.start + header.size)
        return box_of(data, "pbf")


@dataclass(frozen=True, kw_only=True)
class _Blob:
    """A blob: where it lies in the file, and how large it says it is unpacked."""

    start: int
    size: int
    room: int


def _blobs(file: BinaryIO) -> list[_Blob]:
    """Return the blobs of a file, the header first."""
    found: list[_Blob] = []
    end = file.seek(0, os.SEEK_END)
    start = 0
    while start < end:
        file.seek(start)
        size = int.from_bytes(file.read(4), "big")
        head = file.read(min(size, _HEADER))
        told = parts(head, 0, len(head), known=_OF_HEADER)
        kind = slice(*told.get(_TYPE, (0, 0)))
        if head[kind] != (b"OSMData" if found else b"OSMHeader") or _SIZE not in told:
            raise ValueError(head)
        start, size = file.tell(), told[_SIZE][0]
        if not 0 < size <= min(_BLOB, end - start):
            raise ValueError(size)
        found.append(_Blob(start=start, size=size, room=_room(file.read(12), size)))
        start += size
    if len(found) > _FEW and end < _SMALLEST * len(found):
        raise ValueError(len(found))
    if not found:
        raise ValueError(end)
    return found


def _room(start: bytes, size: int) -> int:
    """Return how large a blob says it is unpacked, by its first bytes."""
    tag, at = varint(start, 0, len(start))
    room, _ = varint(start, at, len(start))
    if tag not in {_RAW, _RAW_SIZE} or room > (_BLOB if tag == _RAW_SIZE else size):
        raise ValueError(tag)
    return room


def _unpacked(data: bytes, room: int) -> bytes:
    """Return the content of a blob."""
    told = parts(data, 0, len(data), known=_OF_BLOB)
    if told.keys() == {_RAW}:
        return data[slice(*told[_RAW])]
    if told.keys() != {_RAW_SIZE, _ZLIB}:
        raise ValueError(told)
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(memoryview(data)[slice(*told[_ZLIB])], room + 1)
    except zlib.error as error:
        raise ValueError(error) from error
    if len(raw) != room or not unpacker.eof or unpacker.unused_data:
        raise ValueError(room)
    return raw


def _worked(
    known: Block | None, data: bytes, room: int, work: Callable[[Block], Result]
) -> tuple[Block, Result]:
    block = known or Block(_unpacked(data, room))
    return block, work(block)


def _threads() -> int:
    return int(os.environ.get("GEOPLAN_THREADS") or os.cpu_count() or 1)
