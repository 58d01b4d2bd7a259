"""The pictures for papers and slides."""

import io
from functools import cache

import numpy as np
import shapely
from PIL import Image
from towns import ADULT, areas, buildings, layers, stations, ways

from geoplan import network
from geoplan.coverage import cover
from geoplan.maps.pictures import coverage_pictures
from geoplan.maps.pictures.lettering import Lettering
from geoplan.model import Circle, Imprint


def pictures(*, name="第1网格", station="1号站"):
    way = ways([[(0, 0), (400, 0)]])
    built = network.build(way, walker=ADULT)
    homes = [shapely.box(x, 10, x + 20, 30) for x in (20, 120, 360)]
    town = layers(
        grids=areas(
            [shapely.box(-50, -50, 200, 100), shapely.box(200, -50, 450, 100)],
            name=[name, "第2网格"],
        ),
        buildings=buildings(homes, households=[10.0, 20.0, 30.0]),
        stations=stations([(0, 0)], name=[station]),
    )
    coverage = cover(
        town,
        network=built,
        surroundings=way.surroundings,
        circles=[
            Circle(name="3分钟幸福圈", tier="社区级", minutes=3),
            Circle(name="1分钟圈", tier="社区级", minutes=1),
        ],
        walker=ADULT,
    )
    return coverage_pictures(
        coverage,
        network=built,
        surroundings=way.surroundings,
        imprint=Imprint(study="示例街道", date="2026-06-30", version="1"),
    )


@cache
def drawn():
    """Return the pictures of the plain town, drawn once."""
    return pictures()


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_pictures_leave_nothing_behind_and_are_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert tuple(pictures()) == tuple(drawn())
    assert list(tmp_path.iterdir()) == []


def test_one_a4_picture_a_circle():
    first, second = drawn()
    assert first != second
    assert Image.open(io.BytesIO(first)).size == (2338, 1653)


def test_who_is_not_reached_is_drawn_in_the_colour_of_the_alarm():
    alarm = (0x7A, 0x24, 0x08)
    reached, unreached = (
        (pixels(png)[200:1400] == alarm).all(axis=2).sum() for png in drawn()
    )
    assert unreached > reached > 0


def test_a_name_is_written_as_it_is_whatever_it_holds():
    name = "$x$ <b> {0} a\nb \\frac %s"
    assert pictures(name=name, station=name)


def test_every_sign_has_a_face_or_is_told_by_its_number():
    nowhere = "\U0010fffd"  # for private use: in no face
    with Lettering.over([f"文澜{nowhere}"]) as letters:
        assert letters.lost == {nowhere}
        assert letters.plain(f"文{nowhere}") == "文[U+10FFFD]"
    assert pictures(name=f"文{nowhere}")  # a box in its place would be a warning
