"""Messages of a PBF file, field by field; for those that have few fields."""

from collections.abc import Container, Iterator

_NUMBER, _TEXT = 0, 2  # how a field is written: its lowest three bits
_BITS = 64
_MOST = 1000  # fields of a message, far more than any has that is read so


def fields(raw: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the fields of a message: first byte or bytes, start and end of a text.

    Of a number, the number itself and 0.
    """
    for _ in range(_MOST):
        if start >= end:
            return
        tag, start = varint(raw, start, end)
        value, start = varint(raw, start, end)
        if tag & 7 == _NUMBER:
            yield tag, value - 2**_BITS if value >> (_BITS - 1) else value, 0
        elif tag & 7 == _TEXT and value <= end - start:
            yield tag, start, start + value
            start += value
        else:
            raise ValueError(tag)
    raise ValueError("too many fields")


def parts(
    raw: bytes, start: int, end: int, *, known: Container[int]
) -> dict[int, tuple[int, int]]:
    """Return the fields of a message by their first byte.

    Raises
    ------
    ValueError
        A field is not known, or not in its order.
    """
    told: dict[int, tuple[int, int]] = {}
    before = 0
    for tag, first, last in fields(raw, start, end):
        if tag not in known or tag <= before:
            raise ValueError(tag)
        told[tag] = first, last
        before = tag
    return told


def varint(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return a number and where the next one begins."""
    value = 0
    for at in range(start, min(end, start + 10)):
        value |= (raw[at] & 127) << (7 * (at - start))
        if raw[at] & 128 == 0:
            if value >> _BITS:
                break
            return value, at + 1
    raise ValueError("a number ends too late")
