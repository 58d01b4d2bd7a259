"""From ways to a graph: by hand."""

import numpy as np
import pytest
from towns import ways

from geoplan import network as net
from geoplan.errors import InputError


def test_ways_are_cut_where_they_share_a_vertex():
    network = net.build(ways([[(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 80)]]))
    assert network.edges["length_m"].tolist() == pytest.approx([50, 50, 80])
    assert len(network.junctions) == 4
    assert network.edges["way"].tolist() == ["w0", "w0", "w1"]


def test_lines_that_cross_without_a_common_vertex_do_not_meet():
    network = net.build(ways([[(0, 0), (100, 0)], [(50, -50), (50, 50)]]))
    assert len(network.edges) == 2
    assert len(network.components) == 2


def test_node_ids_decide_in_openstreetmap_not_places():
    shapes = [[(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 80)]]
    bridge = [np.array([1, 2, 3]), np.array([4, 5])]
    joined = [np.array([1, 2, 3]), np.array([2, 5])]
    assert len(net.build(ways(shapes, nodes=bridge)).components) == 2
    assert len(net.build(ways(shapes, nodes=joined)).components) == 1


def test_in_a_road_layer_a_millimetre_is_the_same_place():
    near = net.build(ways([[(0, 0), (50, 0)], [(50.0009, 0), (90, 0)]]))
    far = net.build(ways([[(0, 0), (50, 0)], [(50.01, 0), (90, 0)]]))
    assert len(near.components) == 1
    assert len(far.components) == 2


def test_a_way_that_meets_itself_has_a_junction_there():
    loop = [(0, 0), (50, 0), (80, 30), (80, -30), (50, 0)]
    network = net.build(ways([loop]))
    assert len(network.edges) == 2
    assert network.edges["u"][1] == network.edges["v"][1]


def test_a_ring_is_one_edge_from_its_start_to_its_start():
    network = net.build(ways([[(0, 0), (50, 0), (50, 50), (0, 0)]]))
    assert len(network.edges) == 1
    assert len(network.junctions) == 1


def test_a_vertex_that_follows_itself_is_one():
    network = net.build(ways([[(0, 0), (50, 0), (50, 0), (90, 0)]]))
    assert network.edges["length_m"].tolist() == pytest.approx([90])


def test_components_are_numbered_by_length():
    network = net.build(ways([[(0, 0), (10, 0)], [(0, 50), (100, 50)]]))
    assert network.edges["component"].tolist() == [1, 0]
    assert network.components["length_m"].tolist() == pytest.approx([100, 10])


def test_a_dead_end_just_short_of_another_way_is_told():
    source = ways([[(0, 0), (100, 0)], [(50, 0.3), (50, 80)]])
    found = net.near_misses(net.build(source))
    assert [f.rule for f in found] == ["near_miss"]
    assert found[0].geometry.coords[0] == pytest.approx((50, 0.3))
    bridge = ways([[(0, 0), (100, 0)], [(50, 0.3), (50, 80)]], bridge=[True, False])
    assert net.near_misses(net.build(bridge)) == ()


def test_ways_without_any_length_are_an_error():
    with pytest.raises(InputError, match="no way"):
        net.build(ways([]))
