"""All rooms of a company: paged, filtered, as a tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async import errors
from alfaview_async.models import Room
from alfaview_async.services.room_tree import room_tree
from alfaview_async.services.rooms import room_named, room_paths

LIST = "roomService/list"


def names(nodes):
    """Show a tree as nested tuples of names."""
    return tuple(
        (node.room.display_name, *names(node.children)) if node.children else node.room.display_name for node in nodes
    )


def tree_of(*rooms):
    """Build rooms from `(id, parent, sort)`; the id is the name too."""
    return room_tree({name: Room(display_name=name, parent_id=parent, sort=sort) for name, parent, sort in rooms})


def test_paths_go_from_the_top_down():
    """A parent that is not there counts as the top, a loop ends where it closes."""
    rooms = {
        "n": Room(display_name="Nord"),
        "a": Room(display_name="Seminar A", parent_id="n"),
        "lost": Room(display_name="Aula", parent_id="gone"),
        "own": Room(display_name="Loop", parent_id="own"),
    }
    assert room_paths(rooms) == {"n": "Nord", "a": "Nord/Seminar A", "lost": "Aula", "own": "Loop"}


def test_a_room_that_is_not_there_is_named():
    """The error has the text that was looked for, and the list in which."""
    with pytest.raises(errors.NotFound) as caught:
        room_named({"a": Room(display_name="Aula")}, "Nord/Saal")
    assert (caught.value.name, caught.value.operation) == ("Nord/Saal", "roomService/list")


async def test_the_tree_of_the_emulator(emulator, alfaview):
    """The department holds its two rooms; what is at the top is in order of the names."""
    tops = await alfaview.rooms.tree()
    assert names(tops) == (
        "Conference room 1",
        "Conference room 2",
        "Conference room 3",
        ("Nord", "Seminar A", "Seminar B"),
    )
    assert tops[3].children[0].id == emulator.room_id


async def test_the_tree_has_every_page(plain_server, plain_client):
    """1,500 rooms on two pages: all are in the tree, a child on another page than its parent."""
    first = {f"room-{n}": {"displayName": f"Room {n}", "parentId": "top"} for n in range(1000)}
    second = {f"room-{n}": {"displayName": f"Room {n}", "parentId": "top"} for n in range(1000, 1499)}
    plain_server.on(LIST, {"rooms": first}, {"rooms": second | {"top": {"displayName": "Top"}}})
    (top,) = await plain_client.rooms.tree()
    assert len(top.children) == 1499
    assert [body.get("offset", 0) for body in plain_server.bodies(LIST)] == [0, 1000]


def test_siblings_are_ordered_by_sort_then_name():
    """Also below zero; the case of names does not matter, ids decide at last."""
    assert names(tree_of(("b", "", 0), ("C", "", 0), ("a", "", 0), ("z", "", -1), ("y", "", 5))) == (
        "z",
        "a",
        "b",
        "C",
        "y",
    )
    same = room_tree({"2": Room(display_name="Aula"), "1": Room(display_name="Aula")})
    assert [node.id for node in same] == ["1", "2"]


def test_a_room_whose_parent_is_not_listed_stands_at_the_top():
    """Its own children stay below it."""
    assert names(tree_of(("top", "", 1), ("orphan", "gone", 0), ("child", "orphan", 0))) == (("orphan", "child"), "top")


def test_a_loop_is_opened_at_its_first_room():
    """What hangs on the loop stays where it is; nothing is lost or shown twice."""
    tops = tree_of(("tail", "b", 0), ("b", "c", 0), ("c", "a", 0), ("a", "b", 0), ("top", "", 9), ("self", "self", 10))
    assert names(tops) == (("a", ("c", ("b", "tail"))), "top", "self")


def test_a_very_deep_tree_is_built():
    """5,000 levels: deeper than Python's stack."""
    (top,) = tree_of(("0", "", 0), *((str(n), str(n - 1), 0) for n in range(1, 5000)))
    assert [node.id for node in top.walk()] == [str(n) for n in range(5000)]


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.tuples(st.sampled_from(["", *"abcdefgh", "gone"]), st.integers(-2, 2))
    )
)
def test_every_room_is_in_the_tree_once(parents):
    """Whatever the parents are: each room once, below its parent unless that is missing or a loop was opened."""
    tops = tree_of(*((name, parent, sort) for name, (parent, sort) in parents.items()))
    nodes = [node for top in tops for node in top.walk()]
    assert sorted(node.id for node in nodes) == sorted(parents)
    assert all(child.room.parent_id == node.id for node in nodes for child in node.children)
    for top in tops:
        parent = top.room.parent_id
        assert parent not in parents or parent in {node.id for node in top.walk()}


def test_walking_goes_parents_first():
    """The order in which a tree is printed."""
    (top,) = tree_of(("top", "", 0), ("a", "top", 0), ("b", "top", 1), ("aa", "a", 0))
    assert [node.id for node in top.walk()] == ["top", "a", "aa", "b"]


async def test_departments_are_asked_for_and_nothing_else_is_let_through(plain_server, plain_client):
    """The filter is on the wire, and holds also where the server ignores it; pages are counted as they come."""
    page = {f"room-{n}": {"displayName": "Room", "type": "ROOM_TYPE_ROOM"} for n in range(999)}
    nord = {"nord": {"displayName": "Nord", "type": "ROOM_TYPE_DEPARTMENT"}}
    plain_server.on(LIST, {"rooms": page | nord}, {"rooms": {"süd": nord["nord"]}})
    assert [room_id async for room_id, _ in plain_client.rooms.departments()] == ["nord", "süd"]
    first, second = plain_server.bodies(LIST)
    assert first["filterRoomTypes"] == second["filterRoomTypes"] == ["ROOM_TYPE_DEPARTMENT"]
    assert (first.get("offset", 0), second["offset"]) == (0, 1000)


async def test_departments_of_the_emulator(alfaview):
    """There is one."""
    assert [room.display_name async for _, room in alfaview.rooms.departments()] == ["Nord"]


async def test_errors_come_while_iterating(plain_server, plain_client):
    """The second page is refused: the first was yielded."""
    page = {f"room-{n}": {"displayName": "Room"} for n in range(1000)}
    plain_server.on(LIST, {"rooms": page}, (403, {"code": 7, "message": "not yours"}))
    seen = []

    async def read():
        async for room_id, _ in plain_client.rooms.all():
            seen.append(room_id)

    with pytest.raises(errors.PermissionDenied, match="not yours"):
        await read()
    assert len(seen) == 1000
