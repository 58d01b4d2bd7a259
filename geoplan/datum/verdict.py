"""The datum of every layer, as all trials together have it.

All datums of all layers are weighed at once: what a layer is held against may be
shifted itself. Ways of OpenStreetMap alone are known to be WGS84.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.datum.fit import Fit, fit, projection
from geoplan.datum.rows import Odd, odd_rows
from geoplan.datum.shift import DATUMS, WGS84, to_gcj02
from geoplan.datum.trials import NETWORK, trials

# How likely layers are what they were read as, before anything is looked at.
_AS_READ = 0.9
# From here on a contradiction is told, and from here on it is beyond doubt:
# confidence, nats over the best place round about, things looked at. On 1,300
# made offices among real streets no layer that was what it was read as came near;
# of some 700 that were displaced by 60 to 250 m, which is no datum's shift, two did.
_LIKELY, _SURE = (0.95, 2.0, 1), (0.9999, 5.0, 8)
_AROUND, _OFF = 8, 300.0  # directions in which a layer is tried, and how far, m


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one trial says: how many things lie right in one datum and in another."""

    layer: str  #: of the things
    against: str  #: layer, or "network"
    kind: str  #: of the trial
    count: int  #: things looked at
    right: int  #: lie right in the datum found
    wrong: int
    other: str  #: the datum read, or else the next best
    other_right: int  #: lie right in that
    other_wrong: int


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """In which datum a layer's coordinates are, and why."""

    layer: str
    told: str  #: datum it was read in
    datum: str  #: datum that fits best
    confidence: float  #: of ``datum``, 0 to 1
    evidence: tuple[Evidence, ...]  #: strongest first
    likely: bool = False  #: whether it is likely not what it was read as …
    sure: bool = False  #: … or beyond doubt
    odd: tuple[Odd, ...] = ()  #: rows that are in another datum than the layer
    part: int = 0  #: which file of the layer it is of, where there are several

    @property
    def fits(self) -> bool:
        """Return whether the layer is what it was read as, beyond doubt."""
        return self.datum == self.told and self.confidence >= _SURE[0]


def judge(
    layers: Mapping[str, GeoDataFrame],
    *,
    ways: GeoDataFrame,
    told: Mapping[str, str],
    trusted: bool,
) -> tuple[Verdict, ...]:
    """Return the datum of each layer of which anything can be said.

    Parameters
    ----------
    layers : mapping
        By name, as a study has them: one working CRS, codes as index.
    ways : GeoDataFrame
        The network's lines, with bridge and tunnel; same CRS.
    told : mapping
        Layer (or "network") → datum in which it was read, wgs84 if it is not there.
    trusted : bool
        Whether the ways are known to lie right, as OpenStreetMap's are.
    """
    crs = CRS(ways.crs)
    if not _shifts(layers, crs=crs):
        return ()
    open_ = (told.get(NETWORK, WGS84),) if trusted else DATUMS
    fits = [
        fit(one, crs=crs, told=told, free=open_ if one.against == NETWORK else DATUMS)
        for one in trials(layers, ways=ways)
    ]
    names = sorted({name for one in fits for name in one.pair})
    if trusted:
        names = [name for name in names if name != NETWORK]
    if not names:
        return ()
    chances = _chances(fits, names, told=told)
    best = np.unravel_index(int(np.argmax(chances)), chances.shape)
    found = {name: DATUMS[i] for name, i in zip(names, best, strict=True)}
    found.setdefault(NETWORK, open_[0])
    peaks = {datum: _peak(datum, fits, found, told=told) for datum in DATUMS}
    return tuple(
        _verdict(name, fits, found, told=told, chances=_of(chances, axis), peaks=peaks)
        for axis, name in enumerate(names)
    )


def _shifts(layers: Mapping[str, GeoDataFrame], *, crs: CRS) -> bool:
    """Return whether map services shift coordinates where the layers lie."""
    boxes = [frame.total_bounds for frame in layers.values() if len(frame)]
    if not boxes:
        return False
    x, y = np.mean([(box[:2] + box[2:]) / 2 for box in boxes], axis=0)
    lon, lat = projection(crs)(x, y, inverse=True)
    return bool(np.isfinite(lon) and to_gcj02(lon, lat)[0] != lon)


def _chances(
    fits: Sequence[Fit], names: Sequence[str], *, told: Mapping[str, str]
) -> NDArray[np.float64]:
    """Return how likely each choice of datums is, one axis a name."""
    nats = np.log(_prior(names, told=told))
    for one in fits:
        axes = [names.index(name) for name in one.pair if name in names]
        nats = nats + _along(one.worth, axes, len(names))
    chances = np.exp(nats - nats.max())
    shares: NDArray[np.float64] = chances / chances.sum()
    return shares


def _prior(names: Sequence[str], *, told: Mapping[str, str]) -> NDArray[np.float64]:
    """Return how likely each choice is before anything is looked at.

    Layers are what they were read as, or all alike come from one other source; and
    each by itself may be an exception.
    """
    as_read = [told.get(name, WGS84) for name in names]
    sources = [as_read, *([datum] * len(names) for datum in DATUMS)]
    shares = [_AS_READ, *[(1 - _AS_READ) / len(DATUMS)] * len(DATUMS)]
    chances = np.zeros((len(DATUMS),) * len(names))
    for source, share in zip(sources, shares, strict=True):
        each = [
            np.where(np.array(DATUMS) == datum, _AS_READ, (1 - _AS_READ) / 2)
            for datum in source
        ]
        chances += share * reduce(np.multiply.outer, each)
    return chances


def _along(
    table: NDArray[np.float64], axes: Sequence[int], count: int
) -> NDArray[np.float64]:
    """Return a table, an axis for each of ``axes``, laid along those of ``count``."""
    if len(axes) == 1:  # held against what is known
        table = table[:, 0]
    elif axes[0] > axes[1]:
        table = table.T
    shape = [len(DATUMS) if axis in axes else 1 for axis in range(count)]
    return table.reshape(shape)


def _of(chances: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    others = tuple(i for i in range(chances.ndim) if i != axis)
    summed: NDArray[np.float64] = chances.sum(axis=others)
    return summed


def _peak(
    datum: str,
    fits: Sequence[Fit],
    found: Mapping[str, str],
    *,
    told: Mapping[str, str],
) -> float:
    """Return what a datum is worth over the best place round about, nats.

    Of all layers that are found to be in it and were read otherwise, held against
    those that stay. Below 0 where they would fit better 300 m off, in some
    direction: they may be displaced, but not by the shift of this datum.
    """
    moved = {
        name for name, own in found.items() if own == datum != told.get(name, WGS84)
    }
    turns = np.arange(_AROUND) * 2 * np.pi / _AROUND
    away = _OFF * np.column_stack([np.cos(turns), np.sin(turns)])
    total = np.zeros(_AROUND)
    for one in fits:
        layer, against = one.pair
        if (layer in moved) != (against in moved):
            steps = away if layer in moved else -away
            total += one.above(found[layer], found[against], away=steps)
    return float(total.min())


def _verdict(
    name: str,
    fits: Sequence[Fit],
    found: Mapping[str, str],
    *,
    told: Mapping[str, str],
    chances: NDArray[np.float64],
    peaks: Mapping[str, float],
) -> Verdict:
    own, datum = told.get(name, WGS84), found[name]
    ranks = [DATUMS[i] for i in np.argsort(-chances, kind="stable")]
    other = own if datum != own else next(d for d in ranks if d != datum)
    evidence = _evidence(name, fits, found, other=other)
    confidence = min(float(chances[DATUMS.index(datum)]), 1.0)
    count = max((one.count for one in evidence), default=0)
    known = (confidence, peaks[datum], count)
    likely, sure = (
        datum != own and all(k >= least for k, least in zip(known, bar, strict=True))
        for bar in (_LIKELY, _SURE)
    )
    return Verdict(
        layer=name,
        told=own,
        datum=datum,
        confidence=confidence,
        evidence=evidence,
        likely=likely,
        sure=sure,
        odd=odd_rows(name, fits, found),
    )


def _evidence(
    name: str, fits: Sequence[Fit], found: Mapping[str, str], *, other: str
) -> tuple[Evidence, ...]:
    """Return what each trial of a layer says of its datum, strongest first.

    A layer that is only held against by others has theirs.
    """
    own = [one for one in fits if one.trial.layer == name]
    every = []
    for one in own or [one for one in fits if name in one.pair]:
        layer, against = (found[part] for part in one.pair)
        instead = (other, against) if own else (layer, other)
        right, wrong = one.count(layer, against)
        other_right, other_wrong = one.count(*instead)
        evidence = Evidence(
            layer=one.trial.layer,
            against=one.trial.against,
            kind=one.trial.kind,
            count=len(one.trial.shapes),
            right=right,
            wrong=wrong,
            other=other,
            other_right=other_right,
            other_wrong=other_wrong,
        )
        every.append((one.over((layer, against), instead), evidence))
    every.sort(key=lambda pair: -pair[0])
    return tuple(evidence for _, evidence in every)
