"""What a list of a room or meeting proves about calls whose answer was lost.

Invitations carry the random mark of their call, so those of a call in doubt can be told from all others, however equal.
That they do must have been seen once. Where it was not, only a room that has not changed at all proves absence.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from hashlib import sha256

from attrs import field, frozen

from alfaview_async.bulk.course import Verdict
from alfaview_async.bulk.marks import is_whole
from alfaview_async.bulk.states import CreateCall, Echo, Link

Likeness = tuple[Hashable, ...]
"""By what an invitation and a row are told to belong together, the strictest first."""


@frozen(kw_only=True)
class Listed:
    """An invitation that a list shows.

    Attributes:
        link: The invitation.
        identity: Whom it invites, and for when: to compare with that of a row.
        likeness: To compare with that of a row.
        marker: The mark it was made with, if the destination keeps one.
    """

    link: Link
    identity: Hashable
    likeness: Likeness
    marker: str = ""


@frozen(kw_only=True)
class Sighting:
    """What was seen of the calls in doubt.

    Attributes:
        found: Ordinal -> invitation.
        unclear: Numbers of calls that left invitations which resemble no row, or might be of several.
        verdict: What is proven about the rows that were not found.
        echo: Whether the list shows marks.
    """

    found: Mapping[int, Link] = field(factory=dict)
    unclear: frozenset[int] = frozenset()
    verdict: Verdict
    echo: Echo


def digest(ids: Iterable[str]) -> bytes:
    """Name a set of ids, to see later whether it is the same."""
    return sha256("\n".join(sorted(ids)).encode()).digest()


def look(
    calls: Iterable[CreateCall],
    rows: Mapping[int, Likeness],
    lists: tuple[Sequence[Listed], Sequence[Listed]],
    *,
    own: set[str],
    run_mark: str,
    echo: Echo,
    baseline: bytes,
    unique: bool,
) -> Sighting:
    """Find what calls in doubt have left.

    Args:
        calls: The calls in doubt.
        rows: Ordinal -> likeness, for the rows of these calls.
        lists: The target, listed twice; two lists that differ prove nothing.
        own: Ids of the invitations that the run is known to have made here. A list without one of them is not whole;
            none of them is found once more.
        run_mark: With what the marks of all calls of the run begin.
        echo: What is known so far of marks.
        baseline: Digest of what was there before the run.
        unique: The target holds one invitation for each likeness, whoever made it; so whatever resembles a row is its.
    """
    first, second = lists
    ids = {one.link.id for one in second}
    whole = own <= ids and {one.link.id for one in first} == ids
    if unique:
        return _looked_by_likeness(calls, rows, [one for one in second if one.link.id not in own], whole=whole)
    echo = echo_of(second, own, run_mark, echo)
    found: dict[int, Link] = {}
    unclear: set[int] = set()
    marked: defaultdict[str, list[Listed]] = defaultdict(list)
    for one in second:
        if one.link.id not in own:  # a call that was answered in part has left invitations whose rows are known
            marked[one.marker].append(one)
    for call in calls:
        theirs, strange = matched({ordinal: rows[ordinal] for ordinal in call.ordinals}, marked[call.marker])
        found |= theirs
        if strange:
            unclear.add(call.number)
    unchanged = not found and not unclear and digest(ids - own) == baseline
    return Sighting(
        found=found, unclear=frozenset(unclear), verdict=_verdict(echo, whole=whole, unchanged=unchanged), echo=echo
    )


def matched(rows: Mapping[int, Likeness], listed: Sequence[Listed]) -> tuple[dict[int, Link], list[Listed]]:
    """Give each row the invitation that resembles it most, each invitation once.

    Returns:
        Ordinal -> invitation, and the invitations that resemble no row, or that might be of several rows.
    """
    found: dict[int, Link] = {}
    left = list(listed)
    depth = max((len(likeness) for likeness in rows.values()), default=0)
    for level in range(depth):
        if not left:
            break
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for ordinal, likeness in rows.items():
            if ordinal not in found:
                waiting[likeness[level]].append(ordinal)
        shown = Counter(one.likeness[level] for one in left)
        for alike, ordinals in waiting.items():
            if shown[alike] < len(ordinals) and len({rows[ordinal] for ordinal in ordinals}) > 1:
                ordinals.clear()  # fewer than rows that differ: whose they are cannot be told
        rest = []
        for one in left:
            resembling = waiting[one.likeness[level]]
            if resembling:
                found[resembling.pop(0)] = one.link
            else:
                rest.append(one)
        left = rest
    return found, left


def _looked_by_likeness(
    calls: Iterable[CreateCall], rows: Mapping[int, Likeness], listed: Sequence[Listed], *, whole: bool
) -> Sighting:
    doubtful = {ordinal: rows[ordinal] for call in calls for ordinal in call.ordinals}
    found, _ = matched(doubtful, listed)
    return Sighting(found=found, verdict=Verdict.ABSENT if whole else Verdict.OPEN, echo=Echo.PROVEN)


def echo_of(listed: Sequence[Listed], own: set[str], run_mark: str, echo: Echo) -> Echo:
    """Tell whether the server keeps marks: to see one whole proves it, to see a link of ours without disproves it."""
    ours = [one.marker for one in listed if one.link.id in own or one.marker.startswith(run_mark)]
    if not ours:
        return echo
    return Echo.PROVEN if all(map(is_whole, ours)) else Echo.REFUTED


def _verdict(echo: Echo, *, whole: bool, unchanged: bool) -> Verdict:
    if whole and (echo is Echo.PROVEN or unchanged):
        return Verdict.ABSENT
    return Verdict.HOPELESS if whole and echo is Echo.REFUTED else Verdict.OPEN
