"""The built-in event of the Invitario emulator: a summer school with 20 invented guests."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from alfaview_async.emulator.invitario_state import Configuration, Event, InvitarioState, InvitedGuest

EVENT_ID = "4711"
API_KEY = "SoMmErAk"
STATION_NAME = "Videoraum"
_NAMES = UUID("6f1c2b9d-1d3b-4579-8bdf-4e2c4a6b8e03")
_INVITED_AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
_BEGINS_AT = datetime(2026, 7, 6, 7, 0, tzinfo=UTC)
_ABSENT = ("company", "street", "houseNumber", "postalCode", "phone", "mobilePhone", "fax", "externalId", "notes")
"""Fields that are there, and empty."""
_GUESTS = (
    # salutation, title, first name, last name, suffix, e-mail, city, country
    ("Frau", "Dr.", "Käthe", "Größl", "MSc", "kaethe.groessl@example.org", "Wien", "AT"),
    ("Herr", "", "Jörg", "Weiß", "", "joerg.weiss@example.org", "Köln", "DE"),
    ("Frau", "", "Anna", "Schäfer", "", "anna.schaefer@example.org", "Würzburg", "DE"),
    ("Herr", "Mag.", "Ödön", "Horváth", "", "oedoen.horvath@example.com", "Fiume", "HR"),
    ("Ms.", "", "Emily", "Clarke", "", "emily.clarke@example.com", "Leeds", "GB"),
    ("Monsieur", "", "René", "Lefèvre", "", "rene.lefevre@example.com", "Liège", "BE"),
    ("Herr", "", "Sönke", "Jürgensen", "", "soenke.juergensen@example.org", "Husum", "DE"),
    ("Frau", "", "Bärbel", "Müller", "", "baerbel.mueller@example.org", "Zürich", "CH"),
    ("Mr.", "", "Liam", "O'Connor", "", "liam.oconnor@example.com", "Cork", "IE"),
    ("Herr", "Ing.", "Matthias", "Öztürk", "BSc", "matthias.oeztuerk@example.org", "Linz", "AT"),
    ("Fru", "", "Åse", "Lindgren", "", "ase.lindgren@example.com", "Bodø", "NO"),
    ("Señora", "", "Sofía", "Peña", "", "sofia.pena@example.com", "Logroño", "ES"),
    ("Herr", "Prof. Dr.", "", "Boeßner", "", "boessner@example.org", "Tübingen", "DE"),
    ("Frau", "", "Chloé", "Martin", "", "", "Metz", "FR"),  # registered, and forgot the address
)
_OTHERS = (
    ("Günter", "Vogt", "guenter.vogt@example.org", "deregistered"),
    ("Jens", "Kruse", "jens.kruse@example.org", "unknown"),
    ("Ida", "Thorsdóttir", "ida.thorsdottir@example.com", "unknown"),
)
_DIETS: tuple[list[str] | None, ...] = (["vegetarisch"], ["vegan", "glutenfrei"], [], None)


def plant(state: InvitarioState) -> None:
    """Add the event "Sommerakademie".

    There are 14 registered guests, one of them without an address; three companions, one of them with the address of
    the guest who brings it; one deregistered, two without an answer; one who was deleted: 21 entries, 20 of
    them living.
    """
    event = Event(
        id=EVENT_ID,
        name="Sommerakademie",
        company="Nordlicht Akademie",
        starts_at=_BEGINS_AT,
        ends_at=_BEGINS_AT + timedelta(days=5, hours=10),
        configurations=[Configuration(name=STATION_NAME, api_key=API_KEY, max_devices=3)],
    )
    state.events[EVENT_ID] = event
    for number, (salutation, title, first, last, suffix, email, city, country) in enumerate(_GUESTS):
        guest = _add(event, first, last, email)
        guest.fields |= {
            "salutation": salutation,
            "titlePrefix": title or None,
            "titleSuffix": suffix or None,
            "city": city,
            "country": country,
            "customField1": "Conference room 1" if number % 2 else "Conference room 2",
            "customField47": _DIETS[number % len(_DIETS)],
        }
    for first, last, email, answer in _OTHERS:
        _add(event, first, last, email).state = answer
    kaethe, joerg, *_ = event.guests.values()
    kaethe.highlight_color = "#ffeedd"
    _add(event, "Rüdiger", "Größl", "ruediger.groessl@example.org", parent=kaethe)
    _add(event, "Lena", "Weiß", "joerg.weiss@example.org", parent=joerg)
    _add(event, "Mia", "Weiß", "mia.weiss@example.org", parent=joerg)
    gone = _add(event, "Otto", "Fröhlich", "otto.froehlich@example.org")
    gone.deleted_at = gone.changed_at = _INVITED_AT + timedelta(days=3)


def _add(event: Event, first: str, last: str, email: str, parent: InvitedGuest | None = None) -> InvitedGuest:
    guest_id = uuid5(_NAMES, f"{first} {last}")
    guest = InvitedGuest(
        id=str(guest_id),
        access_code=guest_id.hex[:6],
        fields={"firstName": first or None, "lastName": last, "email": email or None, **dict.fromkeys(_ABSENT)},
        parent_id=parent.id if parent else "",
        changed_at=_INVITED_AT,
    )
    event.guests[guest.id] = guest
    return guest
