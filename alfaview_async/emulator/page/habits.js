// Habits of the server: a switch for each way of writing that clients must not depend on.
import { attempt, call, onClick } from "./api.js";
import { byId, element, setData } from "./dom.js";

const words = (name) => name.replace(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`);
const isSwitch = (choices) => choices.length === 2 && choices.includes(false);

export async function startHabits(changed) {
  const { choices } = await call("GET", "habits");
  for (const [name, values] of Object.entries(choices)) {
    const change = async (value) => {
      await call("POST", "habits", { [name]: value });
      await changed();
    };
    byId("habits").append(isSwitch(values) ? createSwitch(name, change) : createChoice(name, values, change));
  }
}

export async function showHabits() {
  const { habits } = await call("GET", "habits");
  for (const control of byId("habits").querySelectorAll("[data-habit]")) {
    const value = habits[control.dataset.habit];
    setData(control, { value: JSON.stringify(value) });
    if (control.tagName === "SELECT") control.value = JSON.stringify(value);
    else control.setAttribute("aria-pressed", String(value));
  }
}

function createSwitch(name, change) {
  const button = element("button", { type: "button", textContent: words(name), data: { habit: name } });
  onClick(button, () => change(button.getAttribute("aria-pressed") !== "true"));
  return button;
}

function createChoice(name, values, change) {
  const options = values.map((value) => element("option", { value: JSON.stringify(value), textContent: value ?? "left out" }));
  const select = element("select", { data: { habit: name } }, ...options);
  select.addEventListener("change", () => attempt(() => change(JSON.parse(select.value))));
  return element("label", { className: "choice", textContent: `${words(name)} ` }, select);
}
