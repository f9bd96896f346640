"""The `Link` header: the next page, from this server only, and never a silent end."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from alfaview_async.webex.paging import UnreadableLink, next_page

CURRENT = URL("https://webexapis.com/v1/meetingInvitees?meetingId=m&max=100")
NEXT = "https://webexapis.com/v1/meetingInvitees?meetingId=m&max=100&after=Y2lz%2BY29%3D"


def following(header, current=CURRENT, **wanted):
    url = next_page(current, header, {"meetingId": "m", "max": "100"} | wanted)
    return None if url is None else str(url)


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=NEXT",
        f'<{NEXT}> rel="next"',
        f'<{NEXT}>; REL = "next"',
        f'<{NEXT}>; rel="last next"',
        f'<{NEXT}>; title="a, b; <c> \\"d\\""; rel="next"',
        f'<{NEXT}>; flag; rel="next"',
        f'<{NEXT}>; rel="next"; rel="prev"',
        f'<{CURRENT}>; rel="first", <{NEXT}>; rel="next"',
        f'<{CURRENT}&x=1,2>; rel="prev" , <{NEXT}>; rel="next",',
        f'<{CURRENT}>; rel="next"; anchor="#x", <{NEXT}>; rel="next"',
        f', <{NEXT}>; rel="ne\\xt"',
        "</v1/meetingInvitees?meetingId=m&max=100&after=Y2lz%2BY29%3D>; rel=next",
        "<?meetingId=m&max=100&after=Y2lz%2BY29%3D>; rel=next",
        f'<{NEXT}#part>; rel="next"',
        f'<{NEXT.replace("webexapis.com", "WebexAPIs.com:443")}>; rel="next"',
    ],
)
def test_the_next_page_is_found_in_every_spelling(header):
    """RFC 8288: quotes, lists, cases, relative addresses; and without semicolon, as a page of Webex prints it."""
    found = following(header)
    assert URL(found) == URL(NEXT)
    assert URL(found).raw_query_string == URL(NEXT, encoded=True).raw_query_string


@pytest.mark.parametrize(
    "header",
    [
        "",
        "  ",
        ",",
        f'<{NEXT}>; rel="prev"',
        f"<{NEXT}>",
        f'<{NEXT}>; rel="nextish"',
        f'<{NEXT}>; rel="prev"; rel="next"',
    ],
)
def test_without_a_next_page_the_list_ends(header):
    """Only `next` leads on; the first `rel` of a link counts."""
    assert following(header) is None


@pytest.mark.parametrize(
    "target",
    [
        "http://webexapis.com/v1/meetingInvitees",
        "https://webexapis.com:8443/v1/meetingInvitees",
        "https://webexapis.com.evil.example/v1/",
        "https://evil.example/",
        "//evil.example/v1/meetingInvitees",
        "https://user:pass@webexapis.com/v1/",
        "https://webexapis.com@evil.example/v1/",
        "ftp://webexapis.com/v1/",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_the_token_goes_to_no_other_server(target):
    """Scheme, host and port must be ours."""
    with pytest.raises(UnreadableLink):
        following(f'<{target}>; rel="next"')


@pytest.mark.parametrize(
    "header",
    [
        "next",
        f"{NEXT}; rel=next",
        f"<{NEXT}; rel=next",
        f'<{NEXT}>; rel="next',
        f'<{NEXT}>; rel="prev" <x>; rel=next',
        "<https://[::1/>; rel=next",
        "<https://webexapis.com:99999/>; rel=next",
        "<a b>; rel=next",
        "<ä>; rel=next",
    ],
)
def test_what_cannot_be_read_is_no_end(header):
    """A list that ends too early looks like people who are not invited."""
    with pytest.raises(UnreadableLink):
        following(header)


def test_lost_parameters_are_set_again():
    """Webex has sent `max=null`, and second pages without the filter."""
    found = URL(following("<?max=null&after=x>; rel=next", panelist="true"))
    assert dict(found.query) == {"max": "100", "after": "x", "meetingId": "m", "panelist": "true"}


def test_parameters_that_are_there_stay():
    """What the server says of its own accord is not overruled."""
    assert following("<?meetingId=series&max=50&after=x>; rel=next").endswith("?meetingId=series&max=50&after=x")


LINKISH = st.text(st.sampled_from('<>;,="\\ rel=nextanchor:/?#@[]%09äabc'), max_size=60)


@given(st.one_of(st.text(max_size=80), LINKISH, LINKISH.map(lambda text: f"<{text}>; rel=next")))
@example("<>; rel=next")
@example("<" * 5000)
@example("<x>" + '; a="' * 5000)
@example('<x>; a="' + "\\" * 5001)
def test_any_header_is_a_page_of_ours_or_none_or_an_error(header):
    """Foreign text leads nowhere else."""
    try:
        url = next_page(CURRENT, header, {"meetingId": "m"})
    except UnreadableLink:
        return
    assert url is None or url.origin() == CURRENT.origin()


TOKENS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz-"), min_size=1, max_size=8)
QUOTED = st.text(st.sampled_from('ab ,;<>="\\'), max_size=12)


@given(st.lists(st.tuples(TOKENS.filter(lambda t: t not in {"rel", "anchor"}), QUOTED), max_size=4), st.integers(0, 4))
def test_any_parameters_around_it_do_not_hide_the_next_page(parameters, place):
    """Quoted text may hold every character that separates links and parameters."""
    written = ['{}="{}"'.format(name, text.replace("\\", "\\\\").replace('"', '\\"')) for name, text in parameters]
    written.insert(place, 'rel="next"')
    assert following(f"<{CURRENT}>; rel=first, <{NEXT}>; {'; '.join(written)}, <x>; rel=last") is not None
