/* Where one is, how far it is, and which is nearest next. Degrees are WGS 84, distances metres. */
import { word } from "./build.js";

export const here = { lon: null, lat: null, accuracy: null };
const heard = new Set();
export const onMove = (act) => heard.add(act);

export function watch() {
  if (!navigator.geolocation) return;
  navigator.geolocation.watchPosition(({ coords }) => {
    const first = here.lon === null;
    const moved = first ? Infinity : metres(here, { lon: coords.longitude, lat: coords.latitude });
    here.lon = coords.longitude;
    here.lat = coords.latitude;
    here.accuracy = coords.accuracy;
    if (moved > 20) heard.forEach((act) => act());
  }, () => {}, { enableHighAccuracy: true, maximumAge: 15000 });
}

const known = (p) => p && typeof p.lon === "number" && typeof p.lat === "number";

export function metres(one, other) {
  if (!known(one) || !known(other)) return null;
  const rad = Math.PI / 180;
  const north = Math.sin(((other.lat - one.lat) * rad) / 2);
  const east = Math.sin(((other.lon - one.lon) * rad) / 2);
  const half = north ** 2 + Math.cos(one.lat * rad) * Math.cos(other.lat * rad) * east ** 2;
  return 2 * 6371000 * Math.asin(Math.sqrt(Math.min(1, half)));
}

export function far(value) {
  if (value === null) return "";
  if (value < 1000) return word("metres", { n: Math.round(value / 10) * 10 });
  return word("km", { n: (value / 1000).toFixed(1) });
}

/* From where one stands to the nearest, from there to the nearest next; what has no place comes last. */
export function route(tasks) {
  const left = tasks.filter(known);
  const way = [];
  let at = known(here) ? here : left[0];
  while (left.length) {
    left.sort((a, b) => metres(at, a) - metres(at, b));
    at = left.shift();
    way.push(at);
  }
  return [...way, ...tasks.filter((task) => !known(task))];
}
