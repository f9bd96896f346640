"""An alfaview on loopback: real HTTP with made-up data, to develop and test against without account or network."""

from alfaview_async.emulator.emulator import Emulator
from alfaview_async.emulator.habits import Cookie, ExplicitOk, Habits

__all__ = ["Cookie", "Emulator", "ExplicitOk", "Habits"]
