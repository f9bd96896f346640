// The emulator's clock: shown as it runs, frozen, advanced.
import { call, onClick } from "./api.js";
import { byId, setData, setText } from "./dom.js";

const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
const listeners = [];
let told = { now: new Date().toISOString(), frozen: false };
let heardAt = performance.now();

export const now = () => Date.parse(told.now) + (told.frozen ? 0 : performance.now() - heardAt);
export const localTime = (moment) => format.format(moment).slice(0, 16);

/** Calls back whenever the clock shows another second. */
export const onTick = (listener) => listeners.push(listener);

export function setClock(clock) {
  told = clock;
  heardAt = performance.now();
  setText(byId("freeze"), clock.frozen ? "Run on" : "Freeze");
  byId("freeze").setAttribute("aria-pressed", String(clock.frozen));
  tick();
}

export function startClock() {
  byId("clock").title = `Times are in this browser's zone, ${format.resolvedOptions().timeZone}`;
  onClick(byId("freeze"), async () => setClock(await call("POST", "clock", told.frozen ? { thaw: true } : { freeze: true })));
  for (const button of document.querySelectorAll(".advance")) {
    onClick(button, async () =>
      setClock(await call("POST", "clock", { advance: { hours: Number(button.dataset.hours) } })));
  }
  setInterval(tick, 1000);
}

function tick() {
  setText(byId("clock"), format.format(now()));
  setData(byId("clock"), { now: new Date(now()).toISOString(), frozen: told.frozen });
  for (const listener of listeners) listener();
}
