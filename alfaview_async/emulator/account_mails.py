"""Mails about accounts: invitations, forgotten passwords, the end of a company. The wording is ours."""

from attrs import frozen

from alfaview_async.emulator.outbox import Mail, MailKind
from alfaview_async.emulator.state import State, User

_APP = "https://app.alfaview.com/#/"


@frozen
class _Words:
    subject: str
    text: str


_WORDS = {
    (MailKind.INVITATION, "de"): _Words(
        "Einladung zu {company}", "Guten Tag, {name},\n\nmit diesem Link treten Sie {company} bei:\n{link}\n"
    ),
    (MailKind.INVITATION, "en"): _Words(
        "Invitation to {company}", "Hello {name},\n\nwith this link you join {company}:\n{link}\n"
    ),
    (MailKind.PASSWORD_RESET, "de"): _Words(
        "Neues Passwort", "Guten Tag, {name},\n\nmit diesem Link setzen Sie ein neues Passwort:\n{link}\n"
    ),
    (MailKind.PASSWORD_RESET, "en"): _Words(
        "New password", "Hello {name},\n\nwith this link you set a new password:\n{link}\n"
    ),
    (MailKind.COMPANY_DELETION, "de"): _Words(
        "Löschung von {company}", "Guten Tag, {name},\n\nbitte bestätigen Sie die Löschung von {company}:\n{link}\n"
    ),
    (MailKind.COMPANY_DELETION, "en"): _Words(
        "Deletion of {company}", "Hello {name},\n\nplease confirm the deletion of {company}:\n{link}\n"
    ),
}
_PLACES = {MailKind.INVITATION: "activate", MailKind.PASSWORD_RESET: "reset", MailKind.COMPANY_DELETION: "delete"}


def send(state: State, kind: MailKind, user: User, company_name: str, token: str) -> None:
    """Mail somebody a link with a token; every language but German is English."""
    locale = user.profile.locale.ui_language if user.profile.locale else ""
    language = "de" if locale.lower().partition("-")[0] == "de" else "en"
    parts = {"company": company_name, "name": user.display_name, "link": f"{_APP}{_PLACES[kind]}/{token}"}
    words = _WORDS[kind, language]
    state.outbox.append(
        Mail(
            kind=kind,
            to=user.profile.email or user.username,
            locale=language,
            subject=words.subject.format_map(parts),
            text=words.text.format_map(parts),
            token=token,
            sent_at=state.clock.now(),
        )
    )
