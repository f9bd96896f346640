// The few ways in which the page touches the document; data becomes text and attributes, never markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  const { data = {}, aria = {}, ...rest } = properties;
  Object.assign(made, rest);
  setData(made, data);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  made.append(...children);
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function setData(target, data) {
  for (const [name, value] of Object.entries(data)) {
    const text = String(value ?? "");
    if (target.dataset[name] !== text) target.dataset[name] = text;
  }
}

/** Makes the children of a list follow its items; elements of items that stay are kept, and with them the focus. */
export function follow(parent, items, keyOf, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = old.get(key);
    if (child) old.delete(key);
    else child = create(item);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}
