"""An alfaview on loopback: real HTTP with made-up data, to develop and test against without account or network."""

from alfaview_async.emulator.emulator import Emulator

__all__ = ["Emulator"]
