// Right: the outbox. A mail is a page of its own in a frame without scripts.
import { call, onClick } from "./api.js";
import { byId, element, follow, setData, setText } from "./dom.js";

let opened;

export function startMails() {
  onClick(byId("clear-outbox"), () => call("DELETE", "outbox"));
  onClick(byId("mail-close"), () => open(undefined));
}

export async function showMails() {
  const { total, mails } = await call("GET", "outbox?limit=200");
  setText(byId("mail-count"), String(total));
  byId("clear-outbox").hidden = !total;
  const hidden = total - mails.length;
  setText(byId("mails-hint"), total ? (hidden ? `${hidden} older mails are not shown.` : "") : "No mail was sent yet.");
  follow(byId("mails"), mails.reverse(), (mail) => `${mail.number} ${mail.sentAt} ${mail.to}`, create, update);
  if (opened && !byId("mails").querySelector("[aria-current]")) open(undefined);
}

function create() {
  const button = element("button", { type: "button", className: "mail" },
    element("span", { className: "line" }, element("strong", { className: "to" }), element("span", { className: "badge" })),
    element("span", { className: "subject" }),
    element("span", { className: "line sub" }, element("span", { className: "time" }), element("span", { className: "zone" })));
  button.addEventListener("click", () => open(button));
  return element("li", {}, button);
}

function update(item, mail) {
  setData(item, {
    number: mail.number, to: mail.to, locale: mail.locale, subject: mail.subject, sentAt: mail.sentAt,
    localTime: mail.localTime, timezone: mail.timezone, linkId: mail.linkId,
  });
  for (const [name, text] of [["to", mail.to], ["badge", mail.locale], ["subject", mail.subject], ["time", mail.localTime], ["zone", mail.timezone]]) {
    setText(item.querySelector(`.${name}`), text);
  }
}

function open(button) {
  opened?.removeAttribute("aria-current");
  opened = button;
  byId("mail").hidden = !button;
  byId("mail-frame").src = button ? `outbox/${button.parentElement.dataset.number}` : "about:blank";
  button?.setAttribute("aria-current", "true");
}
