"""A planner's own names of columns: whether they are of the form of columns.toml."""

from collections.abc import Mapping
from typing import Any

from geoplan import columns

_LISTS = ("names", "else", "flags")  # of a column


def unusable(more: Mapping[str, Any]) -> str:
    """Return the entry of a planner's own names that cannot be used; "" if none.

    Examples
    --------
    >>> unusable({"layers": {"grids": {"columns": {"people": {"names": ["人"]}}}}})
    ''
    >>> unusable({"layers": {"grids": {"columns": {"peple": {"names": ["人"]}}}}})
    'layers.grids.columns.peple'
    """
    return _wrong(more, form=_form(), path=())


def _form() -> dict[str, Any]:
    """Return what there can be: tables in tables, and at their ends None."""
    layers = columns.layers()
    return {
        "places": dict.fromkeys(columns.schema(layers[0]).places),
        "layers": {
            layer: {
                "columns": {
                    name: dict.fromkeys(_LISTS)
                    for name in columns.schema(layer).columns
                }
            }
            for layer in layers
        },
    }


def _wrong(entry: object, *, form: Any, path: tuple[str, ...]) -> str:  # noqa: ANN401  tables in tables
    """Return the first entry, at or below a path, that is not of the form."""
    if form is None:
        names = isinstance(entry, list) and all(isinstance(n, str) for n in entry)
        return "" if names else ".".join(path)
    if not isinstance(entry, Mapping):
        return ".".join(path)
    for name, inner in entry.items():
        if name not in form:
            return ".".join((*path, name))
        if wrong := _wrong(inner, form=form[name], path=(*path, name)):
            return wrong
    return ""
