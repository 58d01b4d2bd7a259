"""What OpenStreetMap's servers hold of a place: asked with OSMnx, kept as it comes.

OSMnx finds the place, waits for the server's turn and asks again when it is busy.
Its graphs are passed by: they have lost the tags, walls and waters that walking
needs, and all but the largest piece of the network.
"""

import socket
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shapely.geometry.base import BaseGeometry

from geoplan import __version__
from geoplan.errors import InputError
from geoplan.presets import Texts, barriers, landscape, walking

Elements = Mapping[tuple[str, int], Mapping[str, Any]]  #: by type and id

_AREAS = ("multipolygon", "boundary")  # types of relations that outline an area
_SECONDS = 30  # to find out whether there is a server at all


@dataclass(frozen=True, kw_only=True)
class Place:
    """An area, as OpenStreetMap knows it."""

    name: str
    shape: BaseGeometry  #: degrees


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """All that a server holds of an area."""

    elements: Elements
    date: str  #: to which the data are complete, ISO; "" if it does not say
    server: str
    queries: tuple[str, ...]


def find(name: str) -> Place:
    """Return the area that OpenStreetMap knows by a name.

    Raises
    ------
    InputError
        No server can be reached, or it knows no area of that name.
    """
    import osmnx  # noqa: PLC0415  takes seconds
    from osmnx._errors import InsufficientResponseError  # noqa: PLC0415

    with _asking() as settings, _failing(settings.nominatim_url):
        _reach(settings.nominatim_url, settings)
        try:
            found = osmnx.geocode_to_gdf(name).iloc[0]
        except (InsufficientResponseError, TypeError) as error:
            raise InputError.at("place_unknown", place=name) from error
    return Place(name=str(found["display_name"]), shape=found["geometry"])


def fetch(area: BaseGeometry) -> Answer:
    """Return all ways for walking in an area, and what lies between them.

    Parameters
    ----------
    area : Polygon or MultiPolygon, degrees
        Ways that reach into it come whole, with all their nodes and tags.

    Raises
    ------
    InputError
        No server can be reached, or it does not give a whole answer.
    """
    from osmnx import _overpass  # noqa: PLC0415  takes seconds; no public name for it

    elements: dict[tuple[str, int], Mapping[str, Any]] = {}
    dates, queries = [], []
    with _asking() as settings, _failing(settings.overpass_url):
        server = settings.overpass_url
        _reach(server, settings)
        for ring in _overpass._make_overpass_polygon_coord_strs(area):  # noqa: SLF001
            query = _overpass._make_overpass_settings() + query_of(ring)  # noqa: SLF001
            answer = _overpass._overpass_request(OrderedDict(data=query))  # noqa: SLF001
            for element in _whole(answer, server=server):
                elements.setdefault((element["type"], element["id"]), element)
            dates.append(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
            queries.append(query)
    return Answer(
        elements=elements, date=min(dates), server=server, queries=tuple(queries)
    )


def query_of(ring: str) -> str:
    """Return what an Overpass server is asked for: by the same tables that read it.

    Parameters
    ----------
    ring : str
        Latitudes and longitudes in turn, parted by spaces.
    """
    kinds = "|".join(_AREAS)
    lines = [f'way{_tagged(key, some)}(poly:"{ring}");' for key, some in _ways()]
    lines += [
        f'relation["type"~"^({kinds})$"]{_tagged(key, some)}(poly:"{ring}");'
        for key, some in _outlines()
    ]
    return f";({''.join(lines)});(._;>;);out body;"


def _tagged(key: str, values: Texts | None) -> str:
    return f'["{key}"~"^({"|".join(sorted(values))})$"]' if values else f'["{key}"]'


def _ways() -> list[tuple[str, Texts | None]]:
    """Return the tags of ways that are kept, None for any value, by key."""
    scene, rules = landscape(), barriers()
    tables = [walking().also, rules.lines, rules.areas]
    tables += [scene.water_areas, scene.water_lines, scene.green]
    tables += [{"railway": scene.rails | scene.rails_anywhere}]
    return sorted({**_together(tables), "highway": None, "barrier": None}.items())


def _outlines() -> list[tuple[str, Texts | None]]:
    """Return the tags of relations that are kept."""
    scene = landscape()
    tables = [walking().also, barriers().areas, scene.water_areas, scene.green]
    return sorted({**_together(tables), "highway": None}.items())


def _together(tables: list[Any]) -> dict[str, Texts | None]:
    keys = sorted({key for table in tables for key in table})
    return {
        key: frozenset().union(*(table.get(key, frozenset()) for table in tables))
        for key in keys
    }


def _whole(answer: Mapping[str, Any], *, server: str) -> list[Mapping[str, Any]]:
    """Return the elements of an answer that is not cut short.

    Raises
    ------
    InputError
        If the server gave up, or sent something else.
    """
    told = answer.get("remark") or ("" if "elements" in answer else str(answer)[:200])
    if told:
        host = urlsplit(server).hostname
        raise InputError.at("download_refused", host=host, problem=told)
    elements: list[Mapping[str, Any]] = answer["elements"]
    return elements


def _reach(server: str, settings: Any) -> None:  # noqa: ANN401  a module
    """Ask a server for anything, so that one that is not there is known at once."""
    import requests  # noqa: PLC0415  only for who downloads

    status = f"{server.rstrip('/')}/status"
    requests.get(status, timeout=_SECONDS, **settings.requests_kwargs)


@contextmanager
def _failing(server: str) -> Iterator[None]:
    """Say in our own words what goes wrong between us and a server."""
    from osmnx._errors import (  # noqa: PLC0415  takes seconds
        InsufficientResponseError,
        ResponseStatusCodeError,
    )
    from requests.exceptions import RequestException  # noqa: PLC0415

    host = urlsplit(server).hostname
    try:
        yield
    except RequestException as error:
        problem = type(error).__name__
        raise InputError.at("download_offline", host=host, problem=problem) from error
    except (InsufficientResponseError, ResponseStatusCodeError) as error:
        problem = " ".join(str(error).split())[:200]
        raise InputError.at("download_refused", host=host, problem=problem) from error


@contextmanager
def _asking() -> Iterator[Any]:
    """Give OSMnx's settings, fit for asking once; leave everything as it was.

    No cache of its own, and no name asked of a foreign name server: behind a
    firewall that would wait for minutes.
    """
    from osmnx import settings  # noqa: PLC0415  takes seconds

    changes = {
        "use_cache": False,
        "doh_url_template": None,
        "http_user_agent": f"geoplan/{__version__} (with OSMnx)",
        "http_accept_language": "zh-CN,zh,en",
    }
    before = {name: getattr(settings, name) for name in changes}
    resolve = socket.getaddrinfo  # OSMnx replaces it
    try:
        for name, value in changes.items():
            setattr(settings, name, value)
        yield settings
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolve
