"""CAD drawings: closed lines are areas, the texts inside are their columns."""

import contextlib

import numpy as np
import pytest
from offices import EAST, NORTH, PLAIN, STUDY, write_study

from geoplan import read_study
from geoplan.errors import Faults, GeoplanError, InputError
from geoplan.files import read_layer
from geoplan.recipes.check.checking import look

SQUARE = [(0, 0), (500, 0), (500, 500), (0, 500)]


def polyline(points, *, layer="网格线", closed=True):
    at = "".join(f"10\n{EAST + x}\n20\n{NORTH + y}\n" for x, y in points)
    flag, count = int(closed), len(points)
    return (
        f"0\nLWPOLYLINE\n8\n{layer}\n100\nAcDbPolyline\n90\n{count}\n70\n{flag}\n{at}"
    )


def text(said, x, y, *, layer="网格名称"):
    place = f"10\n{EAST + x}\n20\n{NORTH + y}\n30\n0\n40\n2.5\n"
    return f"0\nTEXT\n8\n{layer}\n{place}1\n{said}\n"


def east(points):
    return [(x + 500, y) for x, y in points]


def drawing(path, *entities, encoding="gbk", page="ANSI_936"):
    """Write a drawing as CAD programs do; the page may lie about the encoding."""
    head = (
        f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1018\n9\n$DWGCODEPAGE\n3\n{page}\n"
    )
    body = f"0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{''.join(entities)}0\nENDSEC\n0\nEOF\n"
    path.write_bytes((head + body).encode(encoding))
    return path


TWO = [
    polyline(SQUARE),
    polyline(east(SQUARE)),
    text("示例一网", 250, 250),
    text("示例二网", 750, 250),
    text("001", 250, 200, layer="网格编码"),
    text("002", 750, 200, layer="网格编码"),
]


def grids(path, **how):
    return read_layer(path, "grids", source_crs=f"EPSG:{PLAIN}", **how)


@pytest.mark.parametrize("page", ["ANSI_936", "ANSI_1252"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_closed_lines_are_areas_with_the_texts_inside(tmp_path, encoding, page):
    file = grids(drawing(tmp_path / "g.dxf", *TWO, encoding=encoding, page=page))
    assert dict(file.frame["name"]) == {"001": "示例一网", "002": "示例二网"}
    assert file.frame.area.tolist() == [250_000, 250_000]
    assert file.columns == {"code": "网格编码", "name": "网格名称"}
    (told,) = [f for f in file.findings if f.rule == "drawing_texts"]
    assert told.facts["used"] == "网格名称 → 网格名称、网格编码 → 网格编码"


def test_a_line_that_comes_back_to_its_first_point_is_closed(tmp_path):
    back = [polyline([*SQUARE, SQUARE[0]], closed=False)]
    file = grids(drawing(tmp_path / "g.dxf", *back, *TWO[1:]))
    assert len(file.frame) == 2


def test_texts_of_one_layer_are_a_column_of_codes_and_one_of_names(tmp_path):
    texts = [
        text(*said, layer="注记") for said in (("一网", 250, 250), ("二网", 750, 9))
    ]
    codes = [text(*said, layer="注记") for said in (("A-1", 250, 200), ("A-2", 750, 5))]
    file = grids(drawing(tmp_path / "g.dxf", *TWO[:2], *texts, *codes))
    assert dict(file.frame["name"]) == {"A-1": "一网", "A-2": "二网"}


def test_texts_that_name_more_than_the_areas_are_not_used(tmp_path):
    houses = [text(f"{n}号楼", 50 + 90 * n, 50, layer="楼号") for n in range(5)]
    file = grids(drawing(tmp_path / "g.dxf", *TWO, *houses))
    (told,) = [f for f in file.findings if f.rule == "drawing_texts"]
    assert told.facts["unused"] == "楼号"
    assert list(file.frame["name"]) == ["示例一网", "示例二网"]


def test_a_drawing_without_texts_has_codes_of_numbers(tmp_path):
    file = grids(drawing(tmp_path / "g.dxf", *TWO[:2]))
    assert list(file.frame.index) == ["1", "2"]
    assert "codes_made" in {f.rule for f in file.findings}


def test_a_line_that_nearly_closes_is_an_error_and_never_closed(tmp_path):
    ajar = [*SQUARE, (0, 0.4)]
    path = drawing(tmp_path / "g.dxf", polyline(ajar, closed=False), *TWO[1:])
    with pytest.raises(InputError) as raised:
        grids(path)
    assert raised.value.key == "drawing_open"
    assert raised.value.facts["gap"] == "0.4"
    assert raised.value.facts["y"] == f"{NORTH + 0.4:.3f}"
    kept = Faults(keep=True)
    file = grids(path, faults=kept)
    assert [error.key for error in kept.kept] == ["drawing_open"]
    assert len(file.frame) == 1


def test_other_lines_of_the_layer_are_told_and_not_used(tmp_path):
    line = polyline([(0, 0), (900, 0)], closed=False)
    file = grids(drawing(tmp_path / "g.dxf", *TWO, line))
    (told,) = [f for f in file.findings if f.rule == "drawing_open_lines"]
    assert told.facts == {"count": 1, "table": "网格线"}


def test_of_several_layers_of_closed_lines_one_must_be_named(tmp_path):
    house = polyline([(10, 10), (20, 10), (20, 20)], layer="楼")
    path = drawing(tmp_path / "g.dxf", *TWO, house)
    with pytest.raises(InputError) as raised:
        grids(path)
    assert raised.value.key == "drawing_layer_unnamed"
    assert raised.value.facts["tables"] == "网格线, 楼"
    assert len(grids(path, sheet="网格线").frame) == 2
    with pytest.raises(InputError) as raised:
        grids(path, sheet="社区线")
    assert raised.value.key == "table_missing"


@pytest.mark.parametrize(
    ("entities", "key"),
    [
        ([polyline([(0, 0), (9, 9)], closed=False)], "drawing_nothing_closed"),
        ([], "drawing_nothing_closed"),
    ],
)
def test_a_drawing_that_bounds_nothing(tmp_path, entities, key):
    with pytest.raises(InputError) as raised:
        grids(drawing(tmp_path / "g.dxf", *entities))
    assert raised.value.key == key


@pytest.mark.parametrize("data", [b"junk", b"0\nSECTION\n2\nENTITIES\n0\nLWPOLY"])
def test_a_broken_drawing_is_an_error(tmp_path, data):
    path = tmp_path / "g.dxf"
    path.write_bytes(data)
    with pytest.raises(InputError):
        grids(path)


def test_a_study_in_a_citys_own_grid_from_a_drawing(tmp_path):
    path = write_study(
        tmp_path,
        text=STUDY.replace(
            'path = "grids.shp"',
            f'path = "g.dxf"\nlayer = "网格线"\ncrs = "EPSG:{PLAIN}"\n'
            "local = {dx = 30000.0, dy = 4000000.0}",
        ),
    )
    drawing(tmp_path / "g.dxf", *moved(TWO))
    layers = read_study(path).layers
    assert list(layers.grids.index) == ["001", "002"]
    assert layers.grids.total_bounds.round(3).tolist() == [
        *(EAST, NORTH, EAST + 1000, NORTH + 500)
    ]


def moved(entities):
    """Return entities in a grid whose zero lies 30 km east and 4,000 km north."""
    found = []
    for entity in entities:
        lines = entity.split("\n")
        for at in range(0, len(lines) - 1, 2):
            if lines[at] == "10" and float(lines[at + 1]) > EAST - 1:
                lines[at + 1] = str(float(lines[at + 1]) - 30_000)
            if lines[at] == "20":
                lines[at + 1] = str(float(lines[at + 1]) - 4_000_000)
        found.append("\n".join(lines))
    return found


def test_a_drawing_without_a_crs_is_told_the_one_that_fits(tmp_path):
    path = write_study(tmp_path, text=STUDY.replace("grids.shp", "g.dxf"))
    drawing(tmp_path / "g.dxf", *TWO)
    (error, *_) = look(path).errors
    assert error.rule == "crs_missing"
    assert f'crs = "EPSG:{PLAIN}"' in error.problem(lang="zh") + error.cure(lang="zh")


def test_drawings_of_any_bytes_are_read_or_refused(tmp_path):
    rng = np.random.default_rng(4)
    whole = bytearray(drawing(tmp_path / "g.dxf", *TWO).read_bytes())
    for _ in range(100):
        data = whole.copy()
        for at in rng.integers(0, len(data), 12):
            data[at] = rng.integers(0, 256)
        path = tmp_path / "odd.dxf"
        path.write_bytes(bytes(data[: rng.integers(len(data) // 2, len(data))]))
        with contextlib.suppress(GeoplanError):
            grids(path, faults=Faults(keep=True))
