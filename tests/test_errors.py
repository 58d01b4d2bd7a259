"""Errors: place, problem and cure in one line, in both languages."""

import pickle
from pathlib import Path

import pytest

from geoplan.errors import CrsError, GeoplanError, InputError, UsageError


def test_an_error_names_its_place_in_order():
    error = InputError.at(
        "value_negative", row=3, column="户数", layer="grids", file="a.csv", value="-4"
    )
    assert error.say("en").startswith("a.csv, layer grids, row 3, column 户数: -4 is")
    assert error.say("zh").startswith("文件“a.csv”（网格）第 3 行“户数”列：-4 ")


def test_an_error_without_a_place_is_its_text():
    assert str(UsageError.at("network_both")).startswith("[network] names a path")


@pytest.mark.parametrize("kind", [InputError, CrsError, UsageError])
def test_errors_are_value_errors_and_our_own(kind):
    assert issubclass(kind, ValueError)
    assert issubclass(kind, GeoplanError)


def test_an_error_travels_between_processes():
    error = InputError.at("file_missing", file=Path("x.shp"), row=2)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert type(again) is InputError
    assert str(again) == str(error)
    assert again.where == error.where
