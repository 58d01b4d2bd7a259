"""The words of a picture: title, sentence, the worst grids, legend, sources."""

from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea
from matplotlib.patches import Patch

from geoplan.maps.answer import counted, limit, stamp, station_word
from geoplan.maps.pictures.sheet import (
    ALARM,
    BLUE,
    CLASSES,
    INK,
    INK3,
    STAMP,
    WORST,
    Sheet,
)
from geoplan.model import Imprint
from geoplan.wording import texts

RANGES = ("100%", "90–99", "70–90", "50–70", "<50%")  #: of the classes of shares
_FIGURES = {"any": BLUE, "share": BLUE, "out": ALARM}
_TABLE = (0.775, 0.98, 0.832)  # left, right, top of the table
_LINE = 0.034  # of the sheet, a line of the table
_ROWS = 12


def write(figure: Figure, sheet: Sheet, imprint: Imprint) -> None:
    """Write the title, the sentence and the sources."""
    plain = sheet.letters.plain
    title = plain(f"{imprint.study} · {sheet.circle.name}")
    figure.text(0.02, 0.955, title, size=13, color=INK, va="center")
    figure.text(
        0.98,
        0.955,
        sheet.letters.plain(stamp(imprint, lang=sheet.lang)),
        size=9,
        color=STAMP,
        ha="right",
        va="center",
        bbox={"edgecolor": STAMP, "facecolor": "none", "boxstyle": "square,pad=0.4"},
    )
    pieces: list[Artist] = [
        TextArea(
            plain(text),
            textprops={
                "size": 15 if role in _FIGURES else 12.5,
                "color": _FIGURES.get(role, INK),
            },
        )
        for text, role in sheet.answer.sentence
    ]
    sentence = HPacker(children=pieces, align="baseline", pad=0, sep=1)
    figure.add_artist(
        AnchoredOffsetbox(
            "center left",
            child=sentence,
            frameon=False,
            pad=0,
            bbox_to_anchor=(0.02, 0.893),
            bbox_transform=figure.transFigure,
            borderpad=0,
        )
    )
    walker = sheet.coverage.walker
    known = f"walker_{walker.preset}" in texts("page", sheet.lang)
    name = sheet.say(f"walker_{walker.preset if known else 'custom'}")
    dated = [sheet.say("meta_date", date=imprint.date)] if imprint.date else []
    foot = [
        *dated,
        sheet.say("meta_walker", walker=name, speed=walker.speed),
        *(plain(line) for line in (*imprint.credits, *imprint.notes)),
        sheet.say("version", version=imprint.version),
    ]
    figure.text(0.02, 0.018, " · ".join(foot), size=6, color=INK3, wrap=True)


def write_worst(figure: Figure, sheet: Sheet) -> None:
    """Write the grids with most homes out of reach beside the map."""
    left, right, top = _TABLE
    columns = (left, right - 0.085, right - 0.045, right)
    table = sheet.short()
    shown = table.head(_ROWS)
    unit = sheet.say(f"column_{counted(sheet.coverage)}")
    heads = ["head_grid", "head_out", "head_total", "head_share"]
    title = sheet.say("print_worst", n=len(shown)) if len(shown) else ""
    figure.text(left, top, title, size=9, color=INK, va="top")
    lines = [[sheet.say(head, unit=unit).partition("（")[0] for head in heads]]
    for code, row in shown.iterrows():
        name = sheet.letters.plain(str(row["name"] or code))
        lines.append([name, f"{row['out']:,.0f}", f"{row['whole']:,.0f}", row["share"]])
    for number, line in enumerate(lines if len(shown) else [], start=1):
        y = top - 0.008 - number * _LINE
        for x, text in zip(columns, line, strict=True):
            figure.text(
                x,
                y,
                text,
                size=7 if number == 1 else 8,
                color=INK3 if number == 1 else INK,
                ha="left" if x == left else "right",
                va="center",
            )
        figure.add_artist(
            Line2D([left, right], [y - _LINE / 2] * 2, color="#DDD9D0", linewidth=0.5)
        )


def write_legend(figure: Figure, sheet: Sheet) -> None:
    """Write the legend in one line under the map."""
    colours = [colour for _, colour in CLASSES] + [WORST]
    what, word = (
        counted(sheet.coverage),
        station_word(sheet.circle.tier, lang=sheet.lang),
    )
    limit_ = limit(sheet.circle, lang=sheet.lang)
    signs: list[tuple[Any, str]] = [
        (Line2D([], [], linestyle=""), sheet.say(f"legend_share_{what}")),
        *(
            (Patch(facecolor=colour, edgecolor="#6B6459", linewidth=0.5), text)
            for colour, text in zip(reversed(colours), reversed(RANGES), strict=True)
        ),
        (
            Line2D([], [], color=BLUE, linewidth=1.8),
            f"{sheet.say('legend_circle')} {sheet.letters.plain(limit_)}",
        ),
        (
            Patch(facecolor="none", edgecolor=ALARM, hatch="////", linewidth=0),
            sheet.say("legend_gap"),
        ),
        (
            Patch(facecolor=ALARM),
            f"{sheet.say('legend_homes')} {sheet.say('legend_homes_out')}",
        ),
        (
            Line2D([], [], ls="", marker="s" if sheet.square else "o", color=BLUE),
            sheet.letters.plain(word),
        ),
    ]
    figure.legend(
        [sign for sign, _ in signs],
        [text for _, text in signs],
        loc="center left",
        bbox_to_anchor=(0.012, 0.075),
        ncols=len(signs),
        fontsize=7,
        frameon=False,
        handlelength=1.6,
        columnspacing=1.3,
        handletextpad=0.5,
    )
