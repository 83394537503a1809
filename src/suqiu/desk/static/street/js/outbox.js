/* Sending what was written: in its order, each once, and never over somebody else's step. An entry that
   the house answers otherwise than "done" stays, with what it said, and holds back what follows on the
   same task. */
import * as store from "./store.js";

export const state = { offline: !navigator.onLine, login: false };
const heard = new Set();
export const onChange = (act) => heard.add(act);
const tell = () => heard.forEach((act) => act());

const ask = (path, options) => fetch(path, { headers: { Accept: "application/json" }, ...options });
/* How many seconds this phone's clock is ahead of the house's, by an answer asked for at `asked`. */
const ahead = (now, asked) => Math.round(((asked + Date.now()) / 2 - Date.parse(now)) / 1000);

export async function refresh() {
  const asked = Date.now();
  try {
    const answer = await ask("/street/list", { cache: "no-store" });
    state.offline = false;
    state.login = answer.status === 401;
    if (answer.ok) {
      const told = await answer.json();
      await store.keepList({ ...told, clock_off: ahead(told.now, asked) });
    }
  } catch {
    state.offline = true;
  }
  tell();
}

export async function queue(entry) {
  const list = await store.list();
  const before = (await store.unsent()).filter((one) => one.task === entry.task);
  await store.put({
    ...entry, key: crypto.randomUUID(), made_at: new Date().toISOString(), clock_off: list?.clock_off ?? null,
    /* What follows an unsent step is judged by what that step leads to. */
    after: before.length ? before[before.length - 1].key : "", status: "waiting", said: "",
  });
  tell();
  flush();  // not waited for: what is kept is kept, and a thin network may take a minute over a photograph
}

function body(entry) {
  const form = new FormData();
  for (const [name, value] of Object.entries(entry.values)) form.append(name, value);
  for (const name of ["key", "task", "deed", "seen", "made_at", "clock_off", "lon", "lat"]) {
    if (entry[name] !== null && entry[name] !== undefined) form.append(name, entry[name]);
  }
  const counts = {};
  const shots = entry.files.map((file) => {
    const n = (counts[file.field] = (counts[file.field] ?? -1) + 1);
    form.append(file.field, file.blob, file.name);
    return { field: file.field, n, at: file.at, lon: file.lon, lat: file.lat, sha256: file.sha256 };
  });
  form.append("shots", JSON.stringify(shots));
  return form;
}

async function one(entry, token) {
  const answer = await ask("/street/send", {
    method: "POST", body: body(entry),
    headers: { Accept: "application/json", "X-CSRFToken": token },
  });
  if (answer.status === 401) return { login: true };
  if (answer.status >= 500 || answer.status === 429) return { later: true };
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  /* An answer that no script gives is the token's: it changes with each login. */
  if (!json) return { token: true };
  const told = await answer.json();
  if (answer.ok) return { seen: told.seen };
  /* 422: what was written does not do. All else: it stands otherwise by now, or is not his any more. */
  return { status: answer.status === 422 ? "refused" : "conflict", said: told.message, now: told.now };
}

async function go() {
  const list = await store.list();
  if (!list) return;
  let token = list.token;
  const held = new Set();
  let renewed = false;
  const entries = (await store.unsent()).filter((one_) => one_.person === list.person);
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry.status === "conflict" || entry.status === "refused") held.add(entry.task);
    if (held.has(entry.task)) continue;
    let told;
    try {
      told = await one(entry, token);
      state.offline = false;
    } catch {
      state.offline = true;
      return;
    }
    if (told.token && !renewed) {
      renewed = true;
      await refresh();
      token = (await store.list()).token;
      i -= 1;
      continue;
    }
    state.login = Boolean(told.login);
    if (told.login || told.later || told.token) return;
    if (told.status) {
      await store.put({ ...entry, ...told });
      held.add(entry.task);
      tell();
      continue;
    }
    for (const next of entries.slice(i + 1).filter((e) => e.after === entry.key)) {
      next.seen = told.seen;
      next.after = "";
      await store.put(next);
    }
    await store.drop(entry.seq);
    tell();
  }
}

let running = null;
let asked = false;
async function inTurn() {
  /* One sender on this phone, whatever tabs are open; two would only get the same answer twice. What is
     asked for while it sends, as by a network that came back just then, is done after it. */
  try {
    while (asked) {
      asked = false;
      await (navigator.locks ? navigator.locks.request("suqiu-street-send", go) : go());
    }
  } finally {
    running = null;
  }
}

export async function flush() {
  asked = true;
  running ||= inTurn();
  await running;
  if ((await store.unsent()).length === 0 && !state.offline && !state.login) await refresh();
  tell();
}
