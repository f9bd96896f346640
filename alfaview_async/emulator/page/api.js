// Calls of the admin API; what goes wrong is shown, not swallowed.
import { byId, setText } from "./dom.js";

export async function call(method, path, body) {
  const headers = method === "GET" ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

export function notice(text) {
  byId("notice").hidden = !text;
  setText(byId("notice"), text);
}

/** Runs what a click starts, and shows what went wrong. */
export async function attempt(action) {
  try {
    const result = await action();
    notice("");
    return result;
  } catch (error) {
    notice(error.message);
    return undefined;
  }
}

export function onClick(target, action) {
  target.addEventListener("click", () => attempt(() => action(target)));
}
