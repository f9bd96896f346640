// Left: the companies and their trees of rooms.
import { byId, element, follow, setData, setText } from "./dom.js";

let chosen = "";
let onChoice = () => {};

export const chosenRoom = () => chosen;

export function startRooms(listener) {
  onChoice = listener;
  byId("tree").addEventListener("keydown", moveFocus);
}

export function showRooms(companies) {
  const rooms = companies.flatMap((company) => company.rooms);
  if (!rooms.some((room) => room.id === chosen)) chosen = firstOf(rooms);
  setText(byId("room-count"), String(rooms.filter((room) => room.type !== "department").length));
  follow(byId("tree"), companies, (company) => company.id, createCompany, updateCompany);
}

const firstOf = (rooms) =>
  (rooms.find((room) => room.links) ?? rooms.find((room) => room.type !== "department") ?? { id: "" }).id;

const createCompany = () =>
  element("section", { className: "company" }, element("h3", {}, element("span"), count()), element("ul"));

const count = () => element("span", { className: "count" });

function updateCompany(section, company) {
  setData(section, { companyId: company.id, name: company.name, links: company.links });
  const [name, links] = section.firstElementChild.children;
  setText(name, company.name);
  showCount(links, company.links);
  const ids = new Set(company.rooms.map((room) => room.id));
  const children = grouped(company.rooms, ids);
  fill(section.lastElementChild, "", children);
}

function grouped(rooms, ids) {
  const groups = new Map();
  for (const room of rooms) {
    const parent = ids.has(room.parentId) ? room.parentId : "";
    if (!groups.has(parent)) groups.set(parent, []);
    groups.get(parent).push(room);
  }
  return groups;
}

function fill(list, parentId, children) {
  const rooms = [...(children.get(parentId) ?? [])];
  rooms.sort((one, other) => one.sort - other.sort || one.name.localeCompare(other.name, undefined, { numeric: true }));
  follow(list, rooms, (room) => `${room.type}/${room.id}`, createRoom, (item, room) => updateRoom(item, room, children));
}

function createRoom(room) {
  const parts = [element("span", { className: "name" }), count()];
  if (room.type === "department") {
    return element("li", {}, element("details", { open: true }, element("summary", {}, ...parts), element("ul")));
  }
  const button = element("button", { type: "button", className: "room" }, ...parts);
  button.addEventListener("click", () => {
    chosen = button.parentElement.dataset.roomId;
    for (const other of document.querySelectorAll(".room")) mark(other);
    onChoice();
  });
  return element("li", {}, button);
}

function updateRoom(item, room, children) {
  setData(item, { roomId: room.id, name: room.name, type: room.type, parentId: room.parentId, links: room.links });
  setText(item.querySelector(".name"), room.name);
  showCount(item.querySelector(".count"), room.links);
  if (room.type === "department") fill(item.querySelector("ul"), room.id, children);
  else mark(item.firstElementChild);
}

function mark(button) {
  if (button.parentElement.dataset.roomId === chosen) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

function showCount(target, links) {
  setText(target, links ? String(links) : "");
  target.title = links === 1 ? "1 link" : `${links} links`;
}

function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...byId("tree").querySelectorAll("button, summary")].filter((stop) => stop.offsetParent);
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
