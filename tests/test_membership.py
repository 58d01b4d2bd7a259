"""Who belongs where: by hand."""

from shapely import Point, box
from towns import areas, buildings, frame, layers, stations

from geoplan import membership

GRIDS = [box(0, 0, 100, 100), box(100, 0, 200, 100)]


def town(shapes, **columns):
    return layers(
        grids=areas(
            GRIDS, code=["B", "A"], name=["东网格", "西网格"], community=["K", "L"]
        ),
        buildings=buildings(shapes, **columns),
        stations=stations([(1, 1)]),
    )


def test_a_building_belongs_to_the_grid_that_holds_its_point():
    table, found = membership.members(
        town([box(10, 10, 20, 20), box(120, 10, 130, 20)])
    )
    assert table["grid"].tolist() == ["B", "A"]
    assert table["community"].tolist() == ["K", "L"]
    assert found == ()


def test_on_a_common_border_the_smaller_code_counts():
    table, _ = membership.members(town([box(90, 10, 110, 20)]))
    assert table["grid"].tolist() == ["A"]


def test_the_file_beats_the_place_and_the_disagreement_is_told():
    table, found = membership.members(
        town([box(10, 10, 20, 20)] * 2, grid=["A", "西网格"])
    )
    assert table["grid"].tolist() == ["A", "A"]
    assert [f.rule for f in found] == ["building_grid_disagrees"] * 2


def test_an_unknown_grid_is_told_and_the_place_counts():
    table, found = membership.members(town([box(10, 10, 20, 20)], grid=["Z"]))
    assert table["grid"].tolist() == ["B"]
    assert [f.rule for f in found] == ["building_grid_unknown"]


def test_outside_is_told_and_not_counted_whatever_the_file_says():
    table, found = membership.members(town([box(300, 10, 320, 20)], grid=["A"]))
    assert table["counted"].tolist() == [False]
    assert table["grid"].tolist() == [""]
    assert [f.rule for f in found] == ["building_outside_grids"]


def test_the_place_of_a_bent_building_lies_in_it():
    bent = box(0, 0, 60, 60).difference(box(10, 10, 60, 60))
    layer = frame([bent, Point(3, 4)])
    points = membership.places(layer)
    assert bent.contains(points.iloc[0])
    assert points.iloc[1] == Point(3, 4)
