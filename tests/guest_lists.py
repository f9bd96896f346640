"""Guest lists as people write them, for tests of the command line."""


def guests(count, first=1):
    """Return a list of as many guests with an address and a name."""
    rows = (f"Gast {n};gast{n}@example.org\n" for n in range(first, first + count))
    return "Name;E-Mail\n" + "".join(rows)


def addresses(count, first=1):
    return [f"gast{n}@example.org" for n in range(first, first + count)]
