"""The seed `large`: the standard one with more rooms than a page of a list holds, for what must page and stay quick."""

from alfaview_async.emulator.seeds.parts import department, id_of, room
from alfaview_async.emulator.seeds.standard import COMPANY_ID, USER_ID, standard
from alfaview_async.emulator.state import Contents

_DEPARTMENTS = 50
_ROOMS_EACH = 100


def large() -> Contents:
    """Build 5,000 rooms more, 100 in each of 50 departments: "Department 01/Room 001" to "Department 50/Room 100"."""
    contents = standard()
    rooms = contents.companies[COMPANY_ID].rooms
    for number in range(1, _DEPARTMENTS + 1):
        name = f"Department {number:02}"
        department_id = id_of("large", name)
        rooms[department_id] = department(name, USER_ID)
        for seat in range(1, _ROOMS_EACH + 1):
            rooms[id_of("large", name, str(seat))] = room(f"Room {seat:03}", USER_ID, department_id)
    return contents
