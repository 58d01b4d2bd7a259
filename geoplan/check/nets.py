"""One net of grids: whether another division, as the police's, agrees with it (A1)."""

import numpy as np
import shapely
from pandas import DataFrame

from geoplan.check.rules import limit
from geoplan.model import Finding, Layers

_SHOWN = 10


def check_nets(layers: Layers) -> tuple[Finding, ...]:
    """Return which grids a second division cuts; nothing where none is known.

    A grid agrees if one area of the other division holds it, or if it is made of
    whole such areas; 95 % of the ground are enough.
    """
    other = layers.second
    if other is None or not len(other) or not len(layers.grids):
        return ()
    grids = layers.grids
    own = grids.geometry.to_numpy()
    areas = shapely.make_valid(other.geometry.to_numpy())
    grid, area = shapely.STRtree(areas).query(own, predicate="intersects")
    m2 = shapely.area(shapely.intersection(own[grid], areas[area]))
    table = DataFrame({"grid": grid, "m2": m2})
    of_grid = m2 / shapely.area(own)[grid]
    of_area = m2 / np.maximum(shapely.area(areas)[area], 1.0)
    least = limit("agree_share")
    # what of a grid lies in areas that hold it, or lie in it
    table["within"] = np.where((of_grid >= least) | (of_area >= least), of_grid, 0.0)
    agrees = table.groupby("grid")["within"].sum().reindex(range(len(own))) >= least
    cut = [str(name) for name in grids["name"][~agrees.to_numpy()]]
    facts = {
        "count": len(own) - len(cut),
        "all": len(own),
        "percent": round(100 * (len(own) - len(cut)) / len(own)),
        "areas": len(other),
        "names": "、".join(cut[:_SHOWN]) + (" …" if len(cut) > _SHOWN else ""),
    }
    return (
        Finding(
            rule="nets_disagree" if cut else "nets_agree",
            level="info",
            layer="second",
            facts=facts,
            geometry=shapely.multipoints(
                shapely.point_on_surface(own[~agrees.to_numpy()])
            )
            if cut
            else None,
        ),
    )
