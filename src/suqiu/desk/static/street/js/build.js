/* Building a page: elements and words. Text goes in as text only, so nobody's words become markup. */
const said = JSON.parse(document.getElementById("words").textContent);
const icons = document.body.dataset.icons;

export const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), said[name] ?? name);

export function h(tag, props, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "className") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

const two = (n) => String(n).padStart(2, "0");
const minute = 60_000;
/* The city's hours whatever the phone's zone: read as UTC, eight hours ahead. */
const local = (text) => new Date(new Date(text).getTime() + 8 * 60 * minute);
/* By when: the end of a day belongs to the day that ends, 10-14 24:00. */
export function due(text) {
  const at = local(text);
  if (at.getUTCHours() + at.getUTCMinutes()) return moment(text);
  return moment(new Date(text) - minute).replace("23:59", "24:00");
}
export function moment(text) {
  const at = local(text);
  return `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}
