"""What every output of a study says of where it comes from."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from geoplan import __version__, compounds
from geoplan.model import Imprint
from geoplan.study.reading import Study
from geoplan.study.sources import Input
from geoplan.wording import say


def fingerprint(study: Study) -> str:
    """Return what tells a study's data from other data, 64 hexadecimal digits."""
    return fingerprint_of(study.inputs)


def fingerprint_of(inputs: Iterable[Input]) -> str:
    """Return SHA-256 over the sorted SHA-256 of files, joined by line ends.

    A file that is read twice counts once; where it lies does not matter.
    """
    digests = sorted({one.sha256 for one in inputs})
    return sha256("\n".join(digests).encode()).hexdigest()


def imprint(study: Study, *, lang: str, public: bool = False) -> Imprint:
    """Return what every output of a study says of where it comes from.

    ``public``: for a notice board.
    """
    credit = list(study.credits)
    named = any("OpenStreetMap" in line for line in credit)
    if study.from_openstreetmap and not named:
        credit.append(say("notes.openstreetmap", lang=lang))
    notes = [
        *study.notes,
        *_of_compounds(study, lang=lang),
        *_of_walker(study, lang=lang),
    ]
    return Imprint(
        study=study.name,
        date=study.date,
        credits=tuple(credit),
        notes=tuple(notes),
        version=__version__,
        public=public,
        review=study.review,
        tiles=study.tiles,
    )


def _of_compounds(study: Study, *, lang: str) -> Iterator[str]:
    """Yield what the compounds do to the walks, if the study has any."""
    found, _ = compounds.settle(study.layers)
    gated = len(found.shapes)
    if gated + found.ungated:
        yield say(
            "notes.compounds",
            lang=lang,
            compounds=gated + found.ungated,
            gated=gated,
            gates=int(found.used.sum()),
            open=found.ungated,
        )


def _of_walker(study: Study, *, lang: str) -> Iterator[str]:
    """Yield that more than the length counts for the walker, if it does."""
    walker = study.walker
    if walker.shut or walker.times or walker.waits or study.elevation:
        yield say("notes.walker", lang=lang)
