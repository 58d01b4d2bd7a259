"""A coverage as pictures for papers and slides: one PNG a circle.

The same figures, colours and words as the page; drawn by matplotlib, which is an
extra (``pip install geoplan[png]``).
"""

import io

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from geoplan.maps.answer import answers
from geoplan.maps.pictures import map as map_
from geoplan.maps.pictures import words
from geoplan.maps.pictures.lettering import Lettering
from geoplan.maps.pictures.sheet import PAPER, Sheet
from geoplan.model import Coverage, Imprint, Network, Surroundings
from geoplan.wording import texts

_DOTS = 200  # an inch


def coverage_pictures(
    coverage: Coverage,
    *,
    network: Network,
    surroundings: Surroundings,
    imprint: Imprint,
    lang: str = "zh",
) -> list[bytes]:
    """Return one PNG a circle, in the study's order: A4 landscape at 200 dpi.

    The same records give the same bytes.
    """
    found = answers(coverage, lang=lang)
    told = [
        *(answer.text for answer in found),
        *texts("page", lang).values(),
        *(imprint.study, imprint.date, imprint.version, *imprint.credits),
        *(*imprint.notes, imprint.review),
        *coverage.stations["name"].astype(str),
        *(circle.name for circle in coverage.circles),
        *coverage.grids["name"].astype(str),
        *coverage.grids.index.astype(str),
        "".join(words.RANGES),
    ]
    with (
        Lettering.over(told) as letters,
        rc_context({"font.family": list(letters.families)}),
    ):
        sheets = [
            Sheet(
                coverage=coverage,
                circle=circle,
                number=number,
                answer=found[number - 1],
                letters=letters,
                lang=lang,
            )
            for number, circle in enumerate(coverage.circles, start=1)
        ]
        return [_drawn(sheet, network, surroundings, imprint) for sheet in sheets]


def _drawn(
    sheet: Sheet, network: Network, surroundings: Surroundings, imprint: Imprint
) -> bytes:
    figure = Figure(figsize=PAPER, dpi=_DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    map_.draw(
        figure.add_axes(map_.PLACE), sheet, network=network, surroundings=surroundings
    )
    words.write(figure, sheet, imprint)
    words.write_worst(figure, sheet)
    words.write_legend(figure, sheet)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
