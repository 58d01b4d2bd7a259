"""The compiled decoder of a block of a PBF file: varints, strings, tags, objects.

https://wiki.openstreetmap.org/wiki/PBF_Format. No byte is read beyond the end of
the message it belongs to, and no array is written beyond its end: an array of
as many values as the message has bytes has room for all its numbers. Anything
that the format does not know, or that libosmium would not read the same way,
raises ValueError.
"""

# ruff: noqa: PLR2004  numbers of the format and of UTF-8

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.compiler import compiled

Array = NDArray[Any]

LONGEST_STRING = 1000  # bytes; libosmium reads tags of up to 1,024
MOST_TAGS = 5000  # of an object; each is compared with those before it
#: What a field begins with: its number and how it is written.
TEXT = 10
ID, KEYS, VALUES, INFO, REFS = 8, 18, 26, 34, 66  # of a way, and …
ROLES, MEMBERS, KINDS = 66, 74, 82  # … of a relation
WAYS, RELATIONS = 26, 34  # of a group
_CHANGED, _USER = 16, 40  # of what is said of a version

_HASH, _FACTOR, _BITS = 2166136261, 16777619, 0xFFFFFFFF  # FNV-1a


def hashed(text: bytes) -> int:
    """Return the hash by which a text is found."""
    value = _HASH
    for byte in text:
        value = ((value ^ byte) * _FACTOR) & _BITS
    return value


@compiled
def _varint(buf, pos, end):
    """Return a number and where the next one begins."""
    value = np.int64(0)
    shift = np.int64(0)
    while True:
        if pos >= end:
            raise ValueError("a number ends too late")
        byte = np.int64(buf[pos])
        pos += 1
        value |= (byte & 127) << shift
        if byte < 128:
            if shift == 63 and byte > 1:
                raise ValueError("a number is too large")
            return value, pos
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


@compiled
def _signed(value):
    """Return a number whose lowest bit is its sign."""
    return np.int64(np.uint64(value) >> np.uint64(1)) ^ -(value & 1)


@compiled
def _length(buf, pos, end):
    """Return where a message begins and ends whose length stands here."""
    size, pos = _varint(buf, pos, end)
    if size < 0 or size > end - pos:
        raise ValueError("a message ends too late")
    return pos, pos + size


@compiled
def unpack(buf, start, end, deltas, out):
    """Write the numbers of a packed field, or sums of signed ones; return how many."""
    count = 0
    total = np.int64(0)
    pos = start
    while pos < end:
        value, pos = _varint(buf, pos, end)
        if deltas:
            total += _signed(value)
            value = total
        out[count] = value
        count += 1
    return count


@compiled
def _character(buf, pos, end):
    """Return where the next character of a UTF-8 text begins."""
    byte = buf[pos]
    if byte < 0x80:
        if byte == 0:
            raise ValueError("a text holds a zero")
        return pos + 1
    low, high = 0x80, 0xBF
    if byte < 0xC2:
        raise ValueError("a text is not UTF-8")
    if byte < 0xE0:
        more = 1
    elif byte < 0xF0:
        more = 2
        low = 0xA0 if byte == 0xE0 else low
        high = 0x9F if byte == 0xED else high
    elif byte < 0xF5:
        more = 3
        low = 0x90 if byte == 0xF0 else low
        high = 0x8F if byte == 0xF4 else high
    else:
        raise ValueError("a text is not UTF-8")
    if pos + more >= end or buf[pos + 1] < low or buf[pos + 1] > high:
        raise ValueError("a text is not UTF-8")
    for later in range(pos + 2, pos + more + 1):
        if buf[later] & 0xC0 != 0x80:
            raise ValueError("a text is not UTF-8")
    return pos + more + 1


@compiled
def _code(buf, start, end, words):
    """Return the number of a text among the words, 0 for any other."""
    slots, begins, text = words
    value = np.int64(_HASH)
    for pos in range(start, end):
        value = ((value ^ np.int64(buf[pos])) * _FACTOR) & _BITS
    slot = value & (len(slots) - 1)
    while slots[slot] != 0:
        code = slots[slot]
        begin = begins[code]
        if begins[code + 1] - begin == end - start:
            same = True
            for i in range(end - start):
                same = same and text[begin + i] == buf[start + i]
            if same:
                return code
        slot = (slot + 1) & (len(slots) - 1)
    return 0


@compiled
def strings(buf, start, end, words, spans, codes):
    """Write where each text of a string table lies and its code; return how many."""
    count = 0
    pos = start
    while pos < end:
        if buf[pos] != TEXT:
            raise ValueError("not a text")
        begin, stop = _length(buf, pos + 1, end)
        if stop - begin > LONGEST_STRING:
            raise ValueError("a text is too long")
        pos = begin
        while pos < stop:
            pos = _character(buf, pos, stop)
        spans[count, 0] = begin
        spans[count, 1] = stop
        codes[count] = _code(buf, begin, stop, words)
        count += 1
    return count


@compiled
def _meaning(tags, first, last, codes, rules):
    """Return what the tags from ``first`` to ``last`` say together, as bits."""
    found = np.int64(0)
    if last - first > MOST_TAGS:
        raise ValueError("too many tags")
    for at in range(first, last):
        key = codes[tags[at, 0]]
        if key == 0:
            continue
        for earlier in range(first, at):
            if codes[tags[earlier, 0]] == key:
                raise ValueError("a key stands twice")
        found |= np.int64(rules[key, codes[tags[at, 1]]])
    return found


@compiled
def node_tags(packed, size, codes, rules, bit, out):
    """Write the nodes whose tags have a bit, and their tags; return how many.

    ``packed``: of each of ``size`` nodes the keys and values, and a 0.
    """
    nodes, spans, tags = out
    count, at, used = 0, 0, 0
    for node in range(size):
        first = used
        while True:
            if at >= len(packed):
                raise ValueError("tags of nodes are missing")
            key = packed[at]
            at += 1
            if key == 0:
                break
            if at >= len(packed):
                raise ValueError("a value is missing")
            value = packed[at]
            at += 1
            if not (0 < key < len(codes) and 0 <= value < len(codes)):
                raise ValueError("no such text")
            tags[used, 0] = key
            tags[used, 1] = value
            used += 1
        if used > first and _meaning(tags, first, used, codes, rules) & bit:
            nodes[count] = node
            spans[count, 0] = first
            spans[count, 1] = used
            count += 1
        else:
            used = first
    if at != len(packed):
        raise ValueError("tags without nodes")
    return count


@compiled
def _check_info(buf, pos, end, texts):
    """Check what is said of a version of an object."""
    before = np.int64(0)
    while pos < end:
        tag = np.int64(buf[pos])
        if tag & 7 != 0 or tag <= before or tag > _USER:
            raise ValueError("unknown about a version")
        before = tag
        value, pos = _varint(buf, pos + 1, end)
        if tag != _CHANGED and not 0 <= value < 2**31:
            raise ValueError("out of range")
        if tag == _USER and value >= texts:
            raise ValueError("no such text")


@compiled
def _among(number, numbers):
    """Return whether a number is one of some, which are in order."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low < len(numbers) and numbers[low] == number


@compiled
def _tags(buf, keys, values, texts, tags, at):
    """Write the tags of an object; return the next free row."""
    pos, key_end = keys
    value_pos, value_end = values
    while pos < key_end:
        key, pos = _varint(buf, pos, key_end)
        value, value_pos = _varint(buf, value_pos, value_end)
        if not (0 <= key < texts and 0 <= value < texts):
            raise ValueError("no such text")
        tags[at, 0] = key
        tags[at, 1] = value
        at += 1
    if value_pos != value_end:
        raise ValueError("a value without a key")
    return at


@compiled
def _members(buf, spans, related, texts, out, at):
    """Write the nodes of a way, or members of a relation; return the next row."""
    out_ref, out_role, out_kind = out
    pos, end = spans[0]
    role_pos, role_end = spans[1]
    kind_pos, kind_end = spans[2]
    total = np.int64(0)
    while pos < end:
        value, pos = _varint(buf, pos, end)
        total += _signed(value)
        if total < 0:
            raise ValueError("a number below 0")
        out_ref[at] = total
        if related:
            role, role_pos = _varint(buf, role_pos, role_end)
            kind, kind_pos = _varint(buf, kind_pos, kind_end)
            if not (0 <= role < texts and 0 <= kind <= 2):
                raise ValueError("no such role")
            out_role[at] = role
            out_kind[at] = kind
        at += 1
    if role_pos != role_end or kind_pos != kind_end:
        raise ValueError("a role without a member")
    return at


@compiled
def _parts(buf, pos, end, relations, texts):
    """Return the number of a way or relation, and where its parts lie.

    Parts: keys, values; nodes or members, their roles and kinds.
    """
    number = np.int64(-1)
    keys, values, refs = (0, 0), (0, 0), (0, 0)
    roles, kinds = (0, 0), (0, 0)
    before = np.int64(0)
    while pos < end:
        tag = np.int64(buf[pos])
        if tag <= before:
            raise ValueError("a field stands twice")
        before = tag
        if tag == ID:
            number, pos = _varint(buf, pos + 1, end)
            continue
        span = _length(buf, pos + 1, end)
        pos = span[1]
        if tag == KEYS:
            keys = span
        elif tag == VALUES:
            values = span
        elif tag == INFO:
            _check_info(buf, span[0], span[1], texts)
        elif tag == REFS and not relations:
            refs = span
        elif tag == ROLES and relations:
            roles = span
        elif tag == MEMBERS and relations:
            refs = span
        elif tag == KINDS and relations:
            kinds = span
        else:
            raise ValueError("an unknown field")
    return number, (keys, values), (refs, roles, kinds)


@compiled
def objects(buf, start, end, relations, members, texts, asked, out):
    """Write the ways, or the relations, of a group that are wanted.

    ``texts``: codes and rules; ``asked``: the bits that an object's tags must
    have, and those of which they must have one, unless it is among ``members``.
    Returns how many there are, and the first and last number of all.
    """
    codes, rules = texts
    must, some = asked
    ids, found, spans, tags, refs, roles, kinds = out
    count, tag_at, ref_at = 0, 0, 0
    first, last = np.int64(-1), np.int64(-1)
    pos = start
    while pos < end:
        if buf[pos] != (RELATIONS if relations else WAYS):
            raise ValueError("another kind of object")
        pos, stop = _length(buf, pos + 1, end)
        number, said, linked = _parts(buf, pos, stop, relations, len(codes))
        pos = stop
        if number <= last:
            raise ValueError("numbers are not in order")
        last = number
        first = number if first < 0 else first
        tag_end = _tags(buf, said[0], said[1], len(codes), tags, tag_at)
        ref_end = _members(
            buf, linked, relations, len(codes), (refs, roles, kinds), ref_at
        )
        if ref_end == ref_at and not relations:
            raise ValueError("a way without nodes")
        bits = _meaning(tags, tag_at, tag_end, codes, rules)
        if (bits & must == must and bits & some) or _among(number, members):
            ids[count] = number
            found[count] = bits
            spans[count, 0], spans[count, 1] = tag_at, tag_end
            spans[count, 2], spans[count, 3] = ref_at, ref_end
            tag_at, ref_at = tag_end, ref_end
            count += 1
    return count, first, last
