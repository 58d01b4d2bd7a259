"""The demo: everything that geoplan makes, of the studies that ship."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from geoplan import maps
from geoplan.files import write_text
from geoplan.recipes.check.checkup import check_study
from geoplan.recipes.coverage import cover_study
from geoplan.recipes.division import asked as division_asked
from geoplan.recipes.division.dividing import divide_study
from geoplan.recipes.run import Done, Tell
from geoplan.recipes.sites import asked
from geoplan.recipes.sites.siting import site_study
from geoplan.wording import say

_STUDIES = ("wenlan", "monaco")


def show_shipped(*, out: Path, lang: str, progress: Tell) -> Done:
    """Cover, site, divide and check the studies that ship; write an index of them."""
    done = [_shown(name, out=out, lang=lang, progress=progress) for name in _STUDIES]
    entries = tuple(entry for one in done for entry in one.entries)
    write_text(out / "index.html", maps.index_page(entries, lang=lang))
    return Done(
        findings=tuple(finding for one in done for finding in one.findings),
        pages=(out / "index.html", *(page for one in done for page in one.pages)),
        entries=entries,
    )


def shipped() -> Path:
    """Return the folder of the studies that ship: in the package, or beside it."""
    package = Path(str(files("geoplan")))
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def _shown(name: str, *, out: Path, lang: str, progress: Tell) -> Done:
    """Return what was made of one study, its entry with links to all pages."""
    study, own = shipped() / name / "study.toml", out / name
    covered = cover_study(study, out=own, lang=lang, progress=progress)
    checked = check_study(study, out=own, lang=lang, progress=progress)
    sites, least = asked.Asked(), division_asked.Asked(min_change=True)
    sited = site_study(study, asked=sites, out=own, lang=lang, progress=progress)
    drawn = divide_study(study, asked=least, out=own, lang=lang, progress=progress)
    others = (*sited.pages, *drawn.pages, *checked.pages)
    links = tuple(
        (f"{name}/{page.name}", say(f"page.index_{page.stem}", lang=lang))
        for page in others
    )
    return replace(
        covered,
        pages=(*covered.pages, *others),
        entries=tuple(replace(one, links=links) for one in covered.entries),
    )
