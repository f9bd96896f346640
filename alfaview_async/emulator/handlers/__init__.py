"""What each operation does to the state: one file per service, one function per operation."""

from alfaview_async.emulator.handlers import authentication, business, companies, guests, rooms

__all__ = ["authentication", "business", "companies", "guests", "rooms"]
