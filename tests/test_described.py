"""What is written is described: every column and entry stands in docs/files.md."""

import json
import re
import tomllib

import pandas as pd
import pyogrio
import pytest
from changes import write_grids, write_office

from geoplan.model import GROUPS
from geoplan.recipes.check.checkup import check_study
from geoplan.recipes.comparison.comparing import compare_studies
from geoplan.recipes.division.asked import Asked as Drawing
from geoplan.recipes.division.dividing import divide_study
from geoplan.recipes.matching import Limits, match_study
from geoplan.recipes.sites.asked import Asked as Siting
from geoplan.recipes.sites.siting import site_study
from geoplan.wording import texts

DOCS = {"en": "files.md", "zh": "files.zh-CN.md"}
MEASURES = "|".join(("households", "people", "buildings", "floor_m2", *GROUPS))
#: Entries whose own entries are codes, or are what a file of the office says.
OPEN = {"from", "columns", "reasons", "serves"}


@pytest.fixture(scope="module", params=DOCS)
def told(request, root):
    """Give a language and its description."""
    text = (root / "docs" / DOCS[request.param]).read_text(encoding="utf-8")
    return request.param, text


@pytest.fixture(scope="module")
def written(demo, tmp_path_factory):
    """Give the GeoPackages and records that all commands write."""
    base = tmp_path_factory.mktemp("papers")
    office = write_office(base / "before")
    more = {"lang": "zh", "progress": str}
    site_study(office, asked=Siting(counts=range(1, 2)), out=base / "sites", **more)
    divide_study(office, asked=Drawing(options=1), out=base / "divide", **more)
    after = write_office(base / "after", at=(720.0, 750.0))
    compare_studies(office, after, out=base / "stations", **more)
    grids = write_grids(base / "new.gpkg", border=700.0)
    compare_studies(office, grids, out=base / "grids", **more)
    units = pd.read_csv(office.parent / "stations.csv", encoding="gbk")
    units = units.drop(columns=["站点编码", "层级"])
    units.columns = ["单位名称", *units.columns[1:]]
    units.to_csv(base / "units.csv", index=False)
    limits = Limits(datum="wgs84")
    match_study(
        office, units=base / "units.csv", limits=limits, out=base / "match", **more
    )
    check_study(office, out=base / "check", **more)
    places = [*base.glob("*/*"), *(demo / "wenlan").iterdir()]
    return [path for path in places if path.parent.name not in {"before", "after"}]


def stripped(name):
    """Return a column's name as the description has it."""
    name = re.sub(r"(_\d+)?(_low|_high)?$", "", name)
    return re.sub(rf"^({MEASURES})_(?=total|any|own|straight|before|after)", "…_", name)


def described(name, text):
    """Return whether a name stands there, by itself or as one of a family."""
    plain = stripped(name)
    family = re.sub(r"^…_(total|any|own)_(before|after|gained|lost)$", r"…_\2", plain)
    return any(f"`{one}`" in text for one in (name, plain, family))


def entries(value):
    """Yield the names of all entries of a record."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in OPEN:
                yield from entries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner)


def heads(lang):
    """Yield the heads of all tables for spreadsheets, as templates."""
    for key, head in texts("tables", lang).items():
        if not re.match(rf"level_|({'|'.join(GROUPS)})_|.*_(low|high)$", key):
            yield head
    for topic, tables in (
        ("sites", ("csv", "csv_hubs", "csv_tiers")),
        ("match", ("csv",)),
        ("division", ("grids_csv", "moves_csv")),
        ("compare", ("csv",)),
    ):
        for table in tables:
            said = texts(topic, lang).get(table, {})
            yield from (
                head
                for key, head in said.items()
                if head and not re.match(r"(people|buildings)_.*_|gain_(?!el|un)", key)
            )


def test_every_key_of_a_study_file_is_described(told, root):
    _, text = told
    keys = tomllib.loads((root / "geoplan/study/keys.toml").read_text("utf-8"))
    section = text.partition("`study.toml`")[2].partition("\n## ")[0]
    tables = {"file": keys["file"], "numbers": keys["numbers"], **keys["tables"]}
    missing = {
        (table, key)
        for table, entries in tables.items()
        for key in entries
        if key != "like" and f"`{key}`" not in section
    }
    assert missing == set()
    assert all(
        f"`[{table}]`" in section for table in keys["tables"] if table != "circle"
    )


def test_every_head_of_a_table_is_described(told):
    lang, text = told
    quote = "“{}”" if lang == "zh" else '"{}"'
    missing = {
        head
        for head in (re.sub(r"\{\w+\}", "…", head) for head in heads(lang))
        if quote.format(head) not in text
    }
    assert missing == set()


def test_every_column_of_a_layer_is_described(told, written):
    _, text = told
    missing = {
        (path.name, layer, name)
        for path in written
        if path.suffix == ".gpkg"
        for layer, _ in pyogrio.list_layers(path)
        for name in (layer, *pyogrio.read_info(path, layer=layer)["fields"])
        if not described(name, text)
    }
    assert missing == set()


def test_every_entry_of_a_record_is_described(told, written):
    _, text = told
    records = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in written
        if path.suffix == ".json"
    }
    assert len(records) == 6
    missing = {
        (file, name)
        for file, record in records.items()
        for name in (*record, *entries(record["results"]))
        if not described(name, text)
    }
    assert missing == set()


def test_a_table_without_rows_has_its_head(written):
    for path in written:
        if path.suffix == ".csv":
            head = path.read_text(encoding="utf-8-sig").partition("\n")[0]
            assert head.count(",") >= 3, path
