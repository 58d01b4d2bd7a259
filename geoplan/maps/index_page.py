"""The start page: which studies there are, a sentence and a figure each."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from geoplan.maps.answer import answers, limit, share
from geoplan.maps.assets import read
from geoplan.maps.shell import plain_page
from geoplan.model import Coverage, Imprint
from geoplan.wording import say


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure and what it is the figure of."""

    name: str
    value: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One study on the start page."""

    href: str  #: its page, relative to the start page, with /
    title: str
    sentence: str
    figures: tuple[Figure, ...]  #: the first is the study's figure
    note: str = ""
    links: tuple[tuple[str, str], ...] = ()  #: other pages: address, and what it is


def entry(coverage: Coverage, *, imprint: Imprint, href: str, lang: str) -> Entry:
    """Return a study's entry on the start page."""
    found = answers(coverage, lang=lang)
    return Entry(
        href=href,
        title=imprint.study,
        sentence=found[0].text if found else "",
        figures=tuple(
            Figure(
                name=circle.name,
                value=share(answer.any, answer.total),
                caption=say(
                    "page.index_share", lang=lang, limit=limit(circle, lang=lang)
                ),
            )
            for circle, answer in zip(coverage.circles, found, strict=True)
        ),
        note=" · ".join(imprint.notes),
    )


def index_page(entries: Sequence[Entry], *, lang: str = "zh") -> str:
    """Return the start page that links the pages of the studies."""
    title = say("page.index_title", lang=lang)
    lead = say("page.index_lead" if entries else "page.index_empty", lang=lang)
    listed = "\n".join(_item(one, lang=lang) for one in entries)
    body = (
        f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(lead)}</p>\n"
        f"<ul>\n{listed}\n</ul>\n</main>"
    )
    return plain_page(body, title=title, css=read("index.css"), lang=lang)


def _item(one: Entry, *, lang: str) -> str:
    figures = "".join(
        f"<div><dt>{escape(f.name)}</dt><dd><b>{escape(f.value)}</b> "
        f"{escape(f.caption)}</dd></div>"
        for f in one.figures
    )
    links = "".join(
        f'<a class="other" href="{escape(href)}">{escape(text)}</a>'
        for href, text in one.links
    )
    opened = escape(say("page.index_open", lang=lang))
    return (
        f'<li><a href="{escape(one.href)}"><h2>{escape(one.title)}</h2>'
        f"<p>{escape(one.sentence)}</p><dl>{figures}</dl>"
        f"<small>{escape(one.note)}</small><span>{opened}</span></a>{links}</li>"
    )
