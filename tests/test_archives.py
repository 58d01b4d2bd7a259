"""Zipped files: the one layer an archive holds, under its own name."""

import zipfile

import pytest
from offices import CODES, grids, stations, write_shapefile

from geoplan.errors import InputError
from geoplan.files import read_layer

PARTS = (".shp", ".shx", ".dbf", ".prj")


def packed(path, folder, *, name="网格", more=()):
    """Write a zipped shapefile as Chinese Windows does: names in GBK, unmarked."""
    shapefile = write_shapefile(grids(), folder / "g.shp")
    written = name.encode("gbk")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in PARTS:
            archive.write(
                shapefile.with_suffix(suffix), f"{'~' * len(written)}{suffix}"
            )
        for other, data in more:
            archive.writestr(other, data)
    path.write_bytes(path.read_bytes().replace(b"~" * len(written), written))
    return path


def refused(path, layer="grids"):
    with pytest.raises(InputError) as caught:
        read_layer(path, layer)
    assert caught.value.say("zh") != caught.value.say("en")
    return caught.value


def test_a_zipped_shapefile(tmp_path):
    path = packed(tmp_path / "g.zip", tmp_path, more=[("__MACOSX/._g.shp", b"x")])
    file = read_layer(path, "grids")
    assert list(file.frame.index) == CODES
    assert list(file.frame["name"]) == ["示例一网", "示例二网"]
    assert (file.path, list(file.parts)) == (path, [path])
    assert file.crs.to_epsg() == 4516


def test_an_error_names_the_archive_and_the_file_within(tmp_path):
    path = tmp_path / "s.zip"
    table = stations().drop(columns="层级").to_csv(index=False)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("表/站点.csv", table)
    error = refused(path, "stations")
    assert error.key == "column_missing"
    assert error.where["file"] == f"{path}/表/站点.csv"


def test_names_in_gbk_are_read(tmp_path):
    path = packed(tmp_path / "g.zip", tmp_path)
    assert refused(path, "entrances").where["file"] == f"{path}/网格.shp"


@pytest.mark.parametrize(
    ("names", "key"),
    [
        ([], "archive_none"),
        (["readme.doc"], "archive_none"),
        (["inner.zip"], "archive_none"),
        (["a.csv", "b.csv"], "archive_many"),
    ],
)
def test_an_archive_must_hold_one_layer(tmp_path, names, key):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "层级\n社区级\n")
    assert refused(path, "stations").key == key


def test_a_note_beside_a_layer_is_no_second_layer(tmp_path):
    path = packed(tmp_path / "g.zip", tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("说明.txt", "2026年6月")
    assert len(read_layer(path, "grids").frame)


def test_a_locked_archive(tmp_path):
    path = packed(tmp_path / "g.zip", tmp_path)
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(mark, start + 4)
    path.write_bytes(bytes(data))
    assert refused(path).key == "archive_locked"


def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path):
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.csv", stations().to_csv(index=False))
    assert refused(path, "stations").key == "archive_none"
    assert not (tmp_path.parent.parent / "evil.csv").exists()


def test_an_archive_that_is_none(tmp_path):
    path = tmp_path / "g.zip"
    path.write_bytes(b"PK\x03\x04rubbish")
    assert refused(path).key == "file_unreadable"


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>站点</name>
<Placemark><name>甲站</name><ExtendedData>
<Data name="站点编码"><value>007</value></Data>
<Data name="站点级别"><value>社区级</value></Data>
<Data name="开放时间"><value>9:00-17:00</value></Data>
</ExtendedData><Point><coordinates>83.6,39,0</coordinates></Point></Placemark>
</Folder></Document></kml>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("suffix", ["kml", "kmz"])
def test_a_kml_with_data_under_chinese_names(tmp_path, encoding, suffix):
    path = tmp_path / f"s.{suffix}"
    data = KML.format(encoding=encoding).encode(encoding)
    if suffix == "kml":
        path.write_bytes(data)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", data)
            archive.writestr("files/icon.png", b"x")
    file = read_layer(path, "stations")
    assert list(file.frame.index) == ["007"]
    assert file.frame.loc["007", ["name", "tier", "hours"]].tolist() == [
        "甲站",
        "社区级",
        "9:00-17:00",
    ]
    assert {f.rule for f in file.findings} == {"datum_assumed"}
