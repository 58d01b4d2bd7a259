"""The answer of siting in one sentence, and what is proved of it in one line."""

from dataclasses import dataclass

import numpy as np

from geoplan.maps.answer import COUNTED, Pieces, filled, limit, share, station_word
from geoplan.model import SitePlan, Siting
from geoplan.wording import say, texts

HUBS = "hubs"  #: the model in which stations there are are chosen among
_HUNDRED = 100.0
_HINDERING = ("budget", "apart", "per_community", "per_grid")
_MARK = {"zh": "；", "en": "; "}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said of one plan."""

    sentence: Pieces
    proof: str
    closed: bool  #: whether it is proved that nothing is better

    @property
    def text(self) -> str:
        """Return the sentence as plain text."""
        return "".join(piece for piece, _ in self.sentence)


def told(siting: Siting, plan: SitePlan, *, lang: str) -> Told:
    """Return the sentence and the proof of a plan."""
    key, figures = _form(siting, plan), _figures(siting, plan, lang=lang)
    return Told(
        sentence=filled(texts("sites", lang)[f"answer_{key}"], figures),
        proof=proof(siting, plan, lang=lang),
        closed=plan.proved and plan.stopped != "given",
    )


def proof(siting: Siting, plan: SitePlan, *, lang: str) -> str:
    """Return what is proved: the best, or value, bound and gap, and why it stopped."""
    facts = {
        "value": measured(siting, plan, plan.value, lang=lang),
        "bound": measured(siting, plan, plan.bound, lang=lang),
        "gap": f"{np.ceil(plan.gap * _HUNDRED * _HUNDRED) / _HUNDRED:g}%",
        "n": plan.count,
    }
    if plan.stopped == "given":
        key = "given_best" if plan.proved else "given"
        return say(f"sites.proof_{key}", lang=lang, **facts)
    if plan.proved and not plan.count:
        return say("sites.proof_none", lang=lang)
    if plan.proved:
        key = "first" if siting.first else siting.model.replace("-", "_")
        first = say(f"sites.people_{siting.first or 'all'}", lang=lang)
        return say(f"sites.proof_{key}", lang=lang, first=first, **facts)
    why = say(f"sites.stopped_{plan.stopped}", lang=lang)
    return say("sites.proof_open", lang=lang, why=why, **facts)


def ruled(siting: Siting) -> bool:
    """Return whether rules besides the count may keep a site from opening."""
    return any(name in _HINDERING for name in siting.limits)


def beyond(siting: Siting) -> int:
    """Return how many of the one count asked for would help nobody."""
    rows = siting.results["curve"] if siting.curve else []
    return rows[0]["count"] - siting.plans[-1].count if len(rows) == 1 else 0


def lead(siting: Siting, *, lang: str) -> list[str]:
    """Return what was chosen from, and under which further rules."""
    new = int((~siting.places["existing"]).sum())
    source = "rooms" if siting.rooms else "ways"
    source = HUBS if siting.model == HUBS else source
    found = [say(f"sites.from_{source}", lang=lang, n=new)]
    if spare := beyond(siting):
        found.append(say("sites.fewer_do", lang=lang, n=spare))
    if siting.first:
        record = siting.results["first"]
        figures = {
            key: say(f"sites.unit_{siting.first}", lang=lang, n=f"{record[key]:,.0f}")
            for key in ("before", "covered", "total")
        }
        found.append(say(f"sites.rule_first_{siting.first}", lang=lang, **figures))
    found += [say(f"sites.rule_{name}", lang=lang) for name in siting.limits]
    return found


def measured(siting: Siting, plan: SitePlan, value: float, *, lang: str) -> str:
    """Return a value of the model as people say it."""
    if not np.isfinite(value):
        return "–"
    if siting.first:
        return say(f"sites.unit_{siting.first}", lang=lang, n=f"{round(value):,}")
    if siting.model in {"mclp", "tiers"}:
        return amount(siting, value, lang=lang)
    if siting.model == "lscp":
        return say("sites.stations", lang=lang, n=round(value))
    if siting.model in {"p-median", HUBS}:
        served = float(plan.sites["load"].sum()) or siting.total
        per = value / served if served else 0.0
        return say("sites.mean_minutes", lang=lang, n=f"{per:.1f}")
    return say("page.limit_minutes", lang=lang, n=f"{value:.1f}")


def amount(siting: Siting, value: float, *, lang: str) -> str:
    """Return a weight with its unit: 812 户."""
    if not np.isfinite(value):
        return "–"
    topic = "page" if siting.counted in COUNTED else "sites"
    return say(f"{topic}.unit_{siting.counted}", lang=lang, n=f"{round(value):,}")


def _form(siting: Siting, plan: SitePlan) -> str:
    """Return which of the sentences fits a plan."""
    said = {
        "hubs_given": plan.stopped == "given" and siting.model == HUBS,
        "given": plan.stopped == "given",
        "unknown": not np.isfinite(plan.value),
        "empty": siting.total <= 0,
        "closing": siting.closing and siting.model != HUBS,
        siting.model.replace("-", "_"): siting.model in {"p-median", "p-center", HUBS},
        "enough": siting.model == "lscp" and not plan.count,
        f"nothing{'_ruled' * ruled(siting)}": plan.covered <= siting.before,
    }
    special = next((form for form, fits in said.items() if fits), "")
    size = "one" if int(plan.sites["new"].sum()) == 1 else "many"
    whole = "_all" if plan.covered >= siting.total else ""
    return special or f"{size}{whole}"


def _figures(siting: Siting, plan: SitePlan, *, lang: str) -> dict[str, str]:
    """Return the figures that sentences are made of, each with its unit."""
    new = plan.sites[plan.sites["new"]]
    first = new.iloc[0] if len(new) else None
    code = str(new.index[0]) if len(new) else ""
    name = str(siting.places["name"].get(code, ""))
    weights = {
        "total": siting.total,
        "before": siting.before,
        "after": plan.covered,
        "left": siting.total - siting.before,
        "gain": 0.0 if first is None else float(first["gain"]),
        "more": plan.covered - siting.before,
        "out": siting.total - plan.covered,
    }
    walked = plan.assignment["minutes"]
    return {
        **{key: amount(siting, value, lang=lang) for key, value in weights.items()},
        "at": name,
        "n": f"{plan.count}",
        "old": f"{int(siting.places['existing'].sum())}",
        "station": station_word(siting.circle.tier, lang=lang),
        "limit": limit(siting.circle, lang=lang),
        "share": share(round(plan.covered), round(siting.total)),
        "value": measured(siting, plan, plan.value, lang=lang),
        "farthest": f"{walked.max() if len(walked) else 0.0:.1f}",
    }


def plain(siting: Siting, *, lang: str) -> str:
    """Return the answer as text, for a page where no script may run."""
    plan = siting.plan
    said = told(siting, plan, lang=lang)
    return f"{said.text} {said.proof}"
