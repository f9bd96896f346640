// Middle: the links of the chosen room. A join link is a key to the room, so it is shown only to those who ask.
import { onClick } from "./api.js";
import { localTime, now, onTick } from "./clock.js";
import { byId, element, follow, setData, setText } from "./dom.js";

const facts = new WeakMap();

export const startLinks = () => onTick(() => [...byId("links").children].forEach(showFrame));

export function showLinks(room) {
  const links = [...(room?.links ?? [])].reverse();
  setText(byId("room-name"), room ? room.name : "Links");
  setText(byId("link-count"), room ? String(room.total) : "");
  setData(byId("links"), { roomId: room?.id, total: room?.total });
  const hidden = room ? room.total - links.length : 0;
  const hint = room ? (hidden ? `${hidden} older links are not shown.` : "") : "Choose a room.";
  setText(byId("links-hint"), room && !room.total ? "No links in this room yet." : hint);
  follow(byId("links"), links, (link) => link.id, create, update);
}

function create() {
  const secret = element("code", { className: "secret" });
  const show = element("button", { type: "button", className: "quiet" });
  const copy = element("button", { type: "button", className: "quiet", textContent: "Copy" });
  const open = element("button", { type: "button", className: "quiet", textContent: "Open" });
  const item = element("li", { className: "card" },
    element("div", { className: "line" },
      element("strong", { className: "name" }), element("span", { className: "badge" })),
    element("div", { className: "line sub" }, element("span", { className: "role" }), element("span", { className: "frame" })),
    element("div", { className: "line" }, secret, element("span", { className: "actions" }, show, copy, open)));
  onClick(show, () => {
    item.dataset.shown = item.dataset.shown === "true" ? "false" : "true";
    showSecret(item);
  });
  onClick(copy, async () => {
    await navigator.clipboard.writeText(facts.get(item).joinLink);
    setText(copy, "Copied");
    setTimeout(() => setText(copy, "Copy"), 1500);
  });
  onClick(open, () => window.open(facts.get(item).joinLink, "_blank", "noopener,noreferrer"));
  return item;
}

function update(item, link) {
  facts.set(item, link);
  setData(item, {
    linkId: link.id, kind: link.kind, name: link.name, email: link.email, role: link.role, origin: link.origin,
    validFrom: link.validFrom, validUntil: link.validUntil, createdAt: link.createdAt,
  });
  setText(item.querySelector(".name"), link.name || "(no name)");
  const parts = [link.kind === "guest" ? link.email : "group link", link.role];
  setText(item.querySelector(".role"), parts.filter(Boolean).join(" · "));
  for (const button of item.querySelectorAll("button")) button.setAttribute("aria-describedby", `link-${link.id}`);
  item.querySelector(".name").id = `link-${link.id}`;
  showFrame(item);
  showSecret(item);
}

function showFrame(item) {
  const { validFrom, validUntil } = facts.get(item);
  const [start, end] = [validFrom, validUntil].map((moment) => (moment ? Date.parse(moment) : undefined));
  const state = end < now() ? "expired" : start > now() ? "not yet" : "valid";
  setData(item, { state });
  setText(item.querySelector(".badge"), state);
  const [from, until] = [start, end].map((moment) => (moment ? localTime(moment) : ""));
  setText(item.querySelector(".frame"), from && until ? `${from} – ${until}` : from ? `from ${from}` : until ? `until ${until}` : "without limit");
}

function showSecret(item) {
  const shown = item.dataset.shown === "true";
  const { joinLink } = facts.get(item);
  if (shown) item.dataset.joinLink = joinLink;
  else delete item.dataset.joinLink;
  setText(item.querySelector(".secret"), shown ? joinLink : "••••••••••••••••");
  setText(item.querySelector(".actions").firstElementChild, shown ? "Hide" : "Show");
}
