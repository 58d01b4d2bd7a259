"""What each layer is made of, and under which names offices have it.

The schemas and the names are the packaged data ``columns.toml``. Nothing here
reads a file or raises: a reader asks :func:`recognise` which of its columns are
which, and says itself what is wrong.
"""

from geoplan.columns.meanings import (
    capacity_of,
    datum_named,
    is_residential_land,
    lived_in,
    passing,
    values,
)
from geoplan.columns.recognition import (
    DBF_NAME_BYTES,
    Chosen,
    Recognition,
    recognise,
)
from geoplan.columns.schemas import (
    Column,
    Kind,
    Need,
    Schema,
    count_named,
    group_named,
    groups,
    layers,
    schema,
)
from geoplan.columns.tables import (
    normal,
    nothing,
    plain_value,
    units,
    words,
)

__all__ = [
    "DBF_NAME_BYTES",
    "Chosen",
    "Column",
    "Kind",
    "Need",
    "Recognition",
    "Schema",
    "capacity_of",
    "count_named",
    "datum_named",
    "group_named",
    "groups",
    "is_residential_land",
    "layers",
    "lived_in",
    "normal",
    "nothing",
    "passing",
    "plain_value",
    "recognise",
    "schema",
    "units",
    "values",
    "words",
]
