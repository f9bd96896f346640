// The page: follows the emulator's events and asks for what has changed.
import { attempt, call, onClick } from "./api.js";
import { setClock, startClock } from "./clock.js";
import { byId, setData, setText } from "./dom.js";
import { showFaults, startFaults } from "./faults.js";
import { showHabits, startHabits } from "./habits.js";
import { showLinks, startLinks } from "./links.js";
import { showMails, startMails } from "./mails.js";
import { chosenRoom, showRooms, startRooms } from "./rooms.js";

let shown = "";
let busy = false;
let again = false;

async function refresh() {
  again = busy;
  if (busy) return;
  busy = true;
  try {
    const state = await call("GET", `state?room=${encodeURIComponent(chosenRoom())}`);
    const before = chosenRoom();
    showRooms(state.companies);
    if (chosenRoom() !== before) again = true;
    showLinks(state.room);
    await Promise.all([showMails(), showFaults(), showHabits()]);
  } finally {
    busy = false;
  }
  if (again) await refresh();
}

function hear(overview) {
  setClock(overview.clock);
  setText(byId("request-count"), String(overview.requests));
  setData(byId("request-count"), { requests: overview.requests });
  const { clock, ...counts } = overview;
  const now = JSON.stringify(counts);
  if (now !== shown) {
    shown = now;
    attempt(refresh);
  }
}

function listen() {
  const events = new EventSource("events");
  const live = (text, isLive) => {
    setText(byId("live"), text);
    setData(byId("live"), { live: isLive });
  };
  events.addEventListener("open", () => live("live", true));
  events.addEventListener("overview", (event) => hear(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    shown = "";
    live("not connected", false);
  });
}

for (const id of ["reset", "empty"]) onClick(byId(id), (button) => call("POST", "reset", { ...button.dataset }));
onClick(byId("seed"), () => byId("seed-file").click());
byId("seed-file").addEventListener("change", () => attempt(async () => {
  const [file] = byId("seed-file").files;
  byId("seed-file").value = "";
  await call("POST", "seed", JSON.parse(await file.text()));
}));
startClock();
startRooms(() => attempt(refresh));
startLinks();
startMails();
attempt(() => Promise.all([startFaults(refresh), startHabits(refresh)])).then(listen);
