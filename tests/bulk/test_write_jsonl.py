"""The results as JSON lines, read back by the standard library."""

import json
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from alfaview_async import errors
from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.jsonl import write_jsonl

LINK = "https://app.alfaview.com/#/join/c/r/k/v2"


def test_one_object_a_line_with_every_attribute(tmp_path):
    """The names are those of the library, times are ISO 8601 in UTC, and nothing is left out."""
    start = datetime(2030, 1, 14, 8, 30, tzinfo=timezone(timedelta(hours=1)))
    guest = Recipient(
        email="joerg@example.org",
        display_name="Jörg Weiß",
        locale="de",
        role="Moderator",
        room="Seminar A",
        valid_from=start,
        line=2,
        extra={"Name": "Jörg Weiß", "Firma": "=A1"},
    )
    created = RowResult(recipient=guest, key="4711", status=RowStatus.CREATED, link_id="7", join_link=LINK)
    failed = RowResult(
        recipient=Recipient(email="zoe@example.org"),
        status=RowStatus.FAILED,
        error=errors.QuotaExceeded("no links left"),
    )
    assert write_jsonl(tmp_path / "links.jsonl", iter([created, failed])) == 2
    data = (tmp_path / "links.jsonl").read_bytes()
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 2
    first, second = map(json.loads, data.splitlines())
    assert first == {
        "line": 2,
        "key": "4711",
        "status": "created",
        "email": "joerg@example.org",
        "display_name": "Jörg Weiß",
        "locale": "de",
        "role": "Moderator",
        "room": "Seminar A",
        "valid_from": "2030-01-14T07:30:00Z",
        "valid_until": None,
        "link_id": "7",
        "join_link": LINK,
        "error": "",
        "mail": "none",
        "extra": {"Name": "Jörg Weiß", "Firma": "=A1"},
    }
    assert second.keys() == first.keys()
    assert (second["status"], second["error"], second["join_link"]) == ("failed", "no links left", "")


@given(st.text(), st.text(st.characters()))
def test_any_text_is_one_line(tmp_path_factory, header, cell):
    """Line breaks are escaped, and half a character becomes U+FFFD."""
    path = tmp_path_factory.getbasetemp() / "links.jsonl"
    guest = Recipient(email="a@example.org", display_name=cell, extra={header: cell})
    write_jsonl(path, [RowResult(recipient=guest, status=RowStatus.CREATED)])
    lines = path.read_bytes().decode().split("\n")
    assert lines[1:] == [""]
    whole = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in (header, cell)]
    found = json.loads(lines[0])
    assert found["extra"] == {whole[0]: whole[1]}
    assert found["display_name"] == whole[1]
