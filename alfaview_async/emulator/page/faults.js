// Faults on demand: switches for the usual ones, a form for the rest, and those in force.
import { attempt, call, onClick } from "./api.js";
import { byId, element, follow, setData, setText } from "./dom.js";

const presets = [
  ["Server slow (2 s)", { match: "*", do: "delay", seconds: 2 }],
  ["Every tenth call 502", { match: "*", on: "10%", do: "status", http: 502 }],
  ["Created, but no answer", { match: "guestService.v2/createGuestLinks", do: "apply-then-timeout", times: 1 }],
  ["Redirect elsewhere", { match: "*", do: "redirect" }],
  ["Half of the links", { match: "guestService.v2/createGuestLinks", do: "partial" }],
  ["Quota exceeded", { match: "guestService.v2/createGuestLinks", do: "error", status: "QUOTA_EXCEEDED" }],
  ["Logins refused", { match: "authenticationService/authenticate", do: "error", status: "AUTHENTICATION_ERROR" }],
];
const fits = (fault, preset) => Object.entries(preset).every(([name, value]) => fault[name] === value);
let inForce = [];

export async function startFaults(changed) {
  onClick(byId("faults-open"), () => {
    byId("faults").hidden = !byId("faults").hidden;
    byId("faults-open").setAttribute("aria-expanded", String(!byId("faults").hidden));
  });
  onClick(byId("expire"), () => call("POST", "tokens/expire", {}));
  for (const [name, preset] of presets) {
    const button = element("button", { type: "button", textContent: name, data: preset, aria: { pressed: "false" } });
    onClick(button, async () => {
      const matching = inForce.filter((fault) => fits(fault, preset));
      if (matching.length) for (const fault of matching) await call("DELETE", `faults?id=${fault.id}`);
      else await call("POST", "faults", preset);
      await changed();
    });
    byId("fault-switches").append(button);
  }
  byId("fault-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await call("POST", "faults", {
        match: byId("fault-match").value, on: byId("fault-on").value, do: byId("fault-do").value,
        status: byId("fault-status").value, seconds: Number(byId("fault-seconds").value),
      });
      await changed();
    });
  });
  const known = await call("GET", "faults");
  byId("fault-do").append(...known.do.map((name) => element("option", { value: name, textContent: name })));
  byId("operations").append(...known.operations.map((path) => element("option", { value: path })));
}

export async function showFaults() {
  inForce = (await call("GET", "faults")).faults;
  setText(byId("fault-count"), String(inForce.length));
  setData(byId("fault-count"), { faults: inForce.length });
  [...byId("fault-switches").children].forEach((button, index) =>
    button.setAttribute("aria-pressed", String(inForce.some((fault) => fits(fault, presets[index][1])))));
  follow(byId("fault-list"), inForce, (fault) => fault.id, create, update);
}

function create(fault) {
  const remove = element("button", { type: "button", className: "quiet", textContent: "Remove" });
  onClick(remove, () => call("DELETE", `faults?id=${fault.id}`));
  return element("li", { className: "line" }, element("code"), element("span", { className: "sub" }), remove);
}

function update(item, fault) {
  setData(item, { faultId: fault.id, match: fault.match, do: fault.do, on: fault.on, fired: fault.fired, seen: fault.seen });
  setText(item.firstElementChild, `${fault.match}${fault.on && `@${fault.on}`}:${fault.do}`);
  setText(item.children[1], `struck ${fault.fired} of ${fault.seen}`);
}
