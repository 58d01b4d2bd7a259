"""The answer in one sentence, and shares that never promise too much."""

import math
from dataclasses import dataclass
from string import Formatter

from geoplan.model import Circle, Coverage, Imprint
from geoplan.wording import form, say, texts

#: What may be counted, in the order of preference, and its column.
COUNTED = ("households", "people", "buildings")

TIERS = {"街道级": "street", "社区级": "community", "网格级": "grid"}


Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How many are within one circle, and the words for it."""

    total: int
    any: int  #: within reach of some station
    own: int  #: within reach of the station of their own area
    straight: int  #: within the compass circle of the same length
    #: the sentence in pieces: text and its role ("" or the name of a figure)
    sentence: Pieces
    own_sentence: Pieces  #: the same of the station of their own area
    straight_sentence: Pieces  #: the same of the compass circle
    band: str = ""  #: the shares at the ends of a band of speeds, if there is one

    @property
    def out(self) -> int:
        """Return how many are not within reach."""
        return self.total - self.any

    @property
    def text(self) -> str:
        """Return the sentence as plain text."""
        return "".join(piece for piece, _ in self.sentence)


def answers(coverage: Coverage, *, lang: str) -> tuple[Answer, ...]:
    """Return the answer to each circle, in the study's order."""
    return tuple(
        _answer(coverage, circle=circle, number=number, lang=lang)
        for number, circle in enumerate(coverage.circles, start=1)
    )


def counted(coverage: Coverage) -> str:
    """Return what a coverage counts: households, people or buildings."""
    return str(coverage.results.get("counted", COUNTED[0]))


def share(part: int, whole: int) -> str:
    """Return a share in per cent with one decimal, rounded down.

    Examples
    --------
    >>> share(9999, 10000), share(1, 10000), share(5, 5), share(0, 0)
    ('99.9%', '0.0%', '100%', '–')
    """
    if whole <= 0:
        return "–"
    if part >= whole:
        return "100%"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def station_count(coverage: Coverage, *, circle: Circle, number: int) -> int:
    """Return how many stations a circle is drawn round."""
    told = coverage.results.get("circles", [])
    if len(told) >= number:
        return int(told[number - 1]["stations"])
    return int((coverage.stations["tier"] == circle.tier).sum())


def limit(circle: Circle, *, lang: str) -> str:
    """Return a circle's limit as people say it: 15 分钟, 1,000 米."""
    unit, value = ("minutes", circle.minutes)
    if value is None:
        unit, value = ("metres", circle.metres)
    return say(f"page.limit_{unit}", lang=lang, n=f"{value:,g}")


def stamp(imprint: Imprint, *, lang: str) -> str:
    """Return what a map is for: the office alone, or a notice board.

    A public map names its review, or says that it has none.
    """
    if not imprint.public:
        return say("page.stamp", lang=lang)
    if not imprint.review:
        return say("page.stamp_unreviewed", lang=lang)
    return say("page.stamp_public", lang=lang, number=imprint.review)


def station_word(tier: str, *, lang: str) -> str:
    """Return the everyday word for the stations of a tier: 社区站."""
    known = TIERS.get(tier)
    return say(f"page.station_{known}", lang=lang) if known else tier


def _answer(coverage: Coverage, *, circle: Circle, number: int, lang: str) -> Answer:
    row, what = coverage.street.iloc[0], counted(coverage)
    total = _whole(row[what])
    reached, own, straight = (
        _whole(row[f"{what}_{how}_{number}"]) for how in ("any", "own", "straight")
    )
    said = _Said(
        what=what,
        total=total,
        walked=reached,
        limit=limit(circle, lang=lang),
        stations=station_count(coverage, circle=circle, number=number),
        lang=lang,
    )
    level = TIERS.get(circle.tier, "street")
    return Answer(
        total=total,
        any=reached,
        own=own,
        straight=straight,
        sentence=said.of(reached, station=station_word(circle.tier, lang=lang)),
        own_sentence=said.of(own, station=say(f"page.own_{level}", lang=lang)),
        straight_sentence=said.of(straight, station="", form="straight"),
        band=_band(coverage, number=number, total=total, lang=lang),
    )


def _band(coverage: Coverage, *, number: int, total: int, lang: str) -> str:
    """Return the shares that are reached at the slowest and the fastest speed."""
    row, column = coverage.street.iloc[0], f"{counted(coverage)}_any_{number}"
    speeds = coverage.walker.band
    if speeds is None or f"{column}_low" not in row or total <= 0:
        return ""
    least, most = (
        share(_whole(row[f"{column}_{end}"]), total) for end in ("low", "high")
    )
    slow, fast = (f"{speed:g}" for speed in speeds)
    return say(
        "page.answer_band", lang=lang, slow=slow, fast=fast, least=least, most=most
    )


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What all sentences of a circle say."""

    what: str
    total: int
    walked: int  #: who is within a walk of any station
    limit: str
    stations: int
    lang: str

    def of(self, reached: int, *, station: str, form: str = "") -> Pieces:
        """Return the sentence that says how many are reached."""
        numbers = {
            "total": self.total,
            "any": reached,
            "out": self.total - reached,
            "walked": self.walked,
        }
        figures = {
            **{
                role: say(f"page.unit_{self.what}", lang=self.lang, n=f"{n:,}")
                for role, n in numbers.items()
            },
            **{f"{role}_n": f"{n:,}" for role, n in numbers.items()},
            "share": share(reached, self.total),
            "limit": self.limit,
            "station": station,
        }
        plain = _form(total=self.total, reached=reached, stations=self.stations)
        told = form if form and plain in {"some", "all", "none"} else plain
        return filled(texts("page", self.lang)[f"answer_{told}"], figures)


def _whole(value: float) -> int:
    """Return a count; what is unknown throughout is none."""
    return 0 if math.isnan(value) else round(value)


def _form(*, total: int, reached: int, stations: int) -> str:
    """Return which of the sentences fits the figures."""
    if total <= 0:
        return "empty"
    if stations == 0:
        return "without"
    if reached >= total:
        return "all"
    return "some" if reached > 0 else "none"


def filled(template: str, figures: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return a template in pieces, each figure with its name as its role.

    A figure has its unit with it (``any``) or not (``any_n``); its role is one.
    """
    pieces: list[tuple[str, str]] = []
    for literal, field, _, _ in Formatter().parse(form(template, **figures)):
        if literal:
            pieces.append((literal, ""))
        if field:
            pieces.append((figures[field], field.removesuffix("_n")))
    return tuple(pieces)
