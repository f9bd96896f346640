import codecs
import csv
import io
import re
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alfaview_async.bulk.recipients import RowProblem
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.bulk.sources.csv import read_csv
from alfaview_async.errors import AlfaviewError, ConfigurationError, RecipientsRejected

UMLAUTS = "äöüÄÖÜßéèñçøå"


def rows_and_damages(table: Table) -> tuple[list[Row], list[RowProblem]]:
    found = list(table.rows)
    return [row for row in found if isinstance(row, Row)], [row for row in found if isinstance(row, RowProblem)]


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_and_damages(table)[0]]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("E-Mail;Name\r\na@example.org;Muñoz\r\n".encode("cp1252"), "cp1252"),
        ("E-Mail;Name\r\na@example.org;Muñoz\r\n".encode(), "utf-8"),
        ("E-Mail;Name\r\na@example.org;Muñoz\r\n".encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + "E-Mail;Name\r\na@example.org;Muñoz\r\n".encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF32_LE + "E-Mail;Name\r\na@example.org;Muñoz\r\n".encode("utf-32-le"), "utf-32"),
        (codecs.BOM_UTF16_BE + "E-Mail;Name\r\na@example.org;Muñoz\r\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_encodings_are_told_apart(data: bytes, encoding: str) -> None:
    """Mark, UTF-8, cp1252: no letter is ever mistaken."""
    table = read_csv(data, "gaeste.csv")
    assert (table.encoding, table.header, cells(table)) == (encoding, ("E-Mail", "Name"), [("a@example.org", "Muñoz")])


def test_a_given_encoding_wins() -> None:
    """A Czech list in cp1250 reads right when told so, and a mark is not part of the first header."""
    assert cells(read_csv("E-Mail\nDvořák\n".encode("cp1250"), "l.csv", encoding="cp1250")) == [("Dvořák",)]
    assert read_csv("E-Mail\na\n".encode("utf-8-sig"), "l.csv", encoding="utf-8").header == ("E-Mail",)
    assert cells(read_csv("E-Mail\nö\n".encode("utf-16-le"), "l.csv", encoding="utf-16-le")) == [("ö",)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"E-Mail\na@example.org\nJ\xfcrgen \x81\n", "byte 0x81 in line 3 is not cp1252"),
        (codecs.BOM_UTF8 + b"E-Mail\nJ\xfcrgen\n", "byte 0xfc in line 2 is not utf-8-sig"),
        (codecs.BOM_UTF16_LE + b"E", "is not utf-16"),
        ("E-Mail\na@example.org\n".encode("utf-16-le"), "NUL bytes in line 1"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "NUL bytes in line 1"),
        (b"", "empty"),
        (b"\r\n ;;; \r\n\r\n", "empty"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    """Undefined bytes, unmarked UTF-16, workbooks, nothing: each says so, and where."""
    with pytest.raises(RecipientsRejected, match=reason):
        read_csv(data, "gaeste.csv")


@pytest.mark.parametrize("encoding", ["utf-99", "base64", "a\0b", ""])
def test_an_impossible_encoding_is_refused(encoding: str) -> None:
    """Unknown names, and codecs that are not for text."""
    with pytest.raises(ConfigurationError, match="encoding"):
        read_csv(b"E-Mail\n\xff..x\n", "gaeste.csv", encoding=encoding)


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("E-Mail;Name;Firma\n", ";", ("E-Mail", "Name", "Firma")),
        ("E-Mail,Name\n;;;;;;\n", ",", ("E-Mail", "Name")),
        ("E-Mail\tName\n", "\t", ("E-Mail", "Name")),
        ("E-Mail|Name\n", "|", ("E-Mail", "Name")),
        ('"Name, Vorname, Titel";E-Mail\n', ";", ("Name, Vorname, Titel", "E-Mail")),
        ('"E-Mail\n(dienstlich)";Name\n', ";", ("E-Mail\n(dienstlich)", "Name")),
        ("E-Mail\n", "", ("E-Mail",)),
        ("Name, Vorname;E-Mail\n", "", ("Name, Vorname;E-Mail",)),
        ("\n\nE-Mail;Name\n", ";", ("E-Mail", "Name")),
        ("sep=,\nE-Mail;x,Name;y;z\n", ",", ("E-Mail;x", "Name;y;z")),
        ('"sep=\t"\r\nE-Mail\tName\n', "\t", ("E-Mail", "Name")),
        ("SEP=:\nE-Mail:Name\n", ":", ("E-Mail", "Name")),
    ],
)
def test_the_delimiter_is_found_in_the_header(text: str, delimiter: str, header: tuple[str, ...]) -> None:
    """The most frequent of four outside quotes, or what `sep=` says; on a tie or without any, one column."""
    table = read_csv(text.encode(), "gaeste.csv")
    assert (table.delimiter, table.header) == (delimiter, header)


def test_a_given_delimiter_wins() -> None:
    """Over counting, and over a `sep=` line, which is no header all the same."""
    assert read_csv(b"a;b;c,d\n", "l.csv", delimiter=",").header == ("a;b;c", "d")
    assert read_csv(b"sep=;\na;b,c\n", "l.csv", delimiter=",").header == ("a;b", "c")
    assert read_csv(b"a*b\n", "l.csv", delimiter="*").header == ("a", "b")


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "\r", "a", "7", "\0", "ä"])
def test_an_impossible_delimiter_is_refused(delimiter: str) -> None:
    """One character that can stand between cells."""
    with pytest.raises(ConfigurationError, match="delimiter must be one character"):
        read_csv(b"E-Mail\n", "gaeste.csv", delimiter=delimiter)


def test_lines_are_physical_lines() -> None:
    """Blank lines and line breaks within quotes count, so the number is the one an editor shows."""
    text = 'sep=;\r\n\r\nE-Mail;Notiz\r\na;"one\r\ntwo\r\nthree"\r\n\r\n;\r\nb;\r\n'
    table = read_csv(text.encode(), "gaeste.csv")
    assert table.header_line == 3
    rows, _ = rows_and_damages(table)
    assert [(row.line, row.cells) for row in rows] == [(4, ("a", "one\r\ntwo\r\nthree")), (9, ("b", ""))]


def test_broken_quotes_are_reported_with_their_lines() -> None:
    """Each of them, and how far they reach; the rows between are still read."""
    text = 'E-Mail;Firma\na;"Foo" GmbH\nb;Bar\nc;"open\nd;Baz\n'
    table = read_csv(text.encode(), "gaeste.csv")
    rows, damages = rows_and_damages(table)
    assert [row.cells for row in rows] == [("b", "Bar")]
    assert [damage.line for damage in damages] == [2, 4]
    assert "lines 4 to 5 were read as one row" in damages[1].reason


def test_a_header_with_broken_quotes_is_refused() -> None:
    """The first readable row is not taken for a header instead."""
    with pytest.raises(RecipientsRejected, match="the header cannot be read: line 1") as caught:
        read_csv(b'"E-Mail" x;Name\na;b\n', "gaeste.csv")
    assert len(caught.value.problems) == 1


@settings(deadline=None)
@given(
    data=st.data(),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_spreadsheet_writes_is_read_back(
    data: st.DataObject, delimiter: str, encoding: str, quoting: Literal[0, 1]
) -> None:
    """Any cells, in any dialect and encoding, come back unchanged and with the line they were written to."""
    # No cp1252 byte from 0x80 to 0xBF: after a letter it could pass for UTF-8, which no reader can tell.
    letters = (
        st.sampled_from(UMLAUTS + "\"';,\t|\r\n aZ0@=")
        if encoding == "cp1252"
        else st.characters(exclude_categories=["Cs"])
    )
    row = st.tuples(st.just("a@example.org"), st.text(letters), st.text(letters))
    rows = data.draw(st.lists(row, max_size=5))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    lines = []
    for written in [("E-Mail", "Größe", "Firma"), *rows]:
        lines.append(len(re.findall("\r\n|\r|\n", text.getvalue())) + 1)
        writer.writerow(written)
    table = read_csv(text.getvalue().encode(encoding), "gaeste.csv")
    assert (table.header, table.delimiter, table.encoding) == (("E-Mail", "Größe", "Firma"), delimiter, encoding)
    found, damages = rows_and_damages(table)
    assert [(row.line, row.cells) for row in found] == list(zip(lines[1:], rows, strict=True))
    assert damages == []


@example(b"0", "punycode")  # from Python 3.13 on the codec complains of a byte behind the last
@settings(deadline=None)
@given(
    st.binary(max_size=40),
    st.sampled_from(["utf-7", "utf-16-le", "utf-32", "cp037", "shift_jis", "hz", "iso2022_jp", "idna", "punycode"]),
)
def test_any_bytes_in_any_given_encoding_are_a_table_or_our_error(data: bytes, encoding: str) -> None:
    """Also with codecs that decode piece by piece otherwise than at once, or let halves of characters through."""
    with suppress(AlfaviewError):
        for row in cells(read_csv(data, "gaeste.csv", encoding=encoding)):
            "".join(row).encode()


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode) | st.text('sep=;,\t|"\r\n aä').map(str.encode))
def test_any_bytes_are_a_table_or_our_error(data: bytes) -> None:
    """Nothing of the csv module or the codecs gets through."""
    with suppress(AlfaviewError):
        assert all(any(map(str.strip, row)) for row in cells(read_csv(data, "gaeste.csv")))
