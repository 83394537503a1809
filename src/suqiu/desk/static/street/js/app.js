/* The app on the street: my list, a card, a form, what is not sent yet. */
import { due as dueAt, h, icon, moment, word } from "./build.js";
import { formPage } from "./form.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { far, here, metres, onMove, route, watch } from "./ways.js";

const spot = (id) => document.getElementById(id);
const link = (path, props, ...inside) => h("a", { ...props, href: `#/${path}` }, ...inside);
const code = encodeURIComponent;
let byWay = false;
/* What is late is late by the house's clock, as it was heard with the list: a phone's own may be wrong. */
let off = 0;
const now = () => Date.now() - off * 1000;

async function known() {
  const list = (await store.list()) || { tasks: [], forms: {}, person: null, at: null };
  off = list.clock_off || 0;
  const all = await store.unsent();
  return { list, mine: all.filter((one) => one.person === list.person), others: all.filter((one) => one.person !== list.person) };
}

function top(title, back, tools = []) {
  spot("top").replaceChildren(
    ...(back ? [link(back === "/" ? "" : back, { "aria-label": word("back") }, icon("chevron-left"))] : []),
    h("h1", {}, title), h("span", { className: "push row" }, tools));
}

function bands({ mine, others, list }) {
  const found = [];
  const band = (sign, tone, ...inside) => h("p", { className: `offline ${tone}` }, icon(sign), h("span", {}, ...inside));
  const stuck = mine.filter((one) => one.status !== "waiting").length;
  if (outbox.state.login) {
    found.push(band("lock", "", word("login"), " ", h("a", { href: "/login?next=/street/" }, word("toLogin"))));
  } else if (outbox.state.offline) {
    found.push(band("wifi-off", "", h("b", {}, word("offline")), word("offlineNote", { n: mine.length }), " ",
      link("unsent", {}, word("see"))));
  } else if (mine.length) {
    found.push(band(stuck ? "alert-triangle" : "upload", stuck ? "is-stuck" : "", `${word("unsent")} ${mine.length} `,
      link("unsent", {}, word("see"))));
  }
  if (others.length && list.person) found.push(band("user", "", word("others", { n: others.length })));
  spot("bands").replaceChildren(...found);
}

function dueChip(task) {
  if (!task.due) return h("span", { className: "flag flag-grey" }, task.state);
  const late = Date.parse(task.due) < now();
  return h("span", { className: `clock ${late ? "clock-overdue" : "clock-running"}` },
    icon(late ? "alert-triangle" : "clock"),
    late ? `${word("overdue")} · ${task.duty}` : `${task.duty} ${word("due", { at: dueAt(task.due) })}`);
}

/* The hour that the citizen named, in plain sight. */
function hourOf(task) {
  return task.hour ? h("p", { className: "hour" }, icon("clock"), h("b", {}, word("hour", { at: moment(task.hour) }))) : null;
}

/* What only waits for its hour is open when that has come, with or without a network, by the house's clock. */
function isOpen(deed, list) {
  return !deed.why || Boolean(deed.opens && Date.parse(deed.opens) <= Date.now() - (list.clock_off ?? 0) * 1000);
}

function ticket(task, mine) {
  const waits = mine.filter((one) => one.task === task.key).length;
  const late = task.due && Date.parse(task.due) < now();
  return h("article", { className: late ? "ticket is-overdue" : "ticket" },
    h("div", { className: "row" }, dueChip(task), waits ? h("span", { className: "flag flag-amber" }, `${word("unsent")} ${waits}`) : null,
      task.flags.map(([label, tone]) => h("span", { className: `flag flag-${tone}` }, label))),
    h("h2", {}, link(`task/${code(task.key)}`, { className: "whole" }, task.title)),
    hourOf(task),
    h("p", { className: "where" }, icon("map-pin"), h("span", { lang: "zh" }, task.where || task.name), h("b", {}, far(metres(here, task)))));
}

async function listPage(all) {
  const { list, mine } = all;
  top(word("mine"), null, [
    h("button", { type: "button", "aria-label": word("refresh"), onclick: () => outbox.refresh().then(outbox.flush) }, icon("refresh")),
    h("button", { type: "button", "aria-label": word("logout"), onclick: () => { location.hash = "#/logout"; } }, icon("logout")),
  ]);
  const due = (task) => (task.due ? Date.parse(task.due) : Infinity);
  const tasks = byWay ? route(list.tasks) : [...list.tasks].sort((a, b) => due(a) - due(b));
  const tab = (way, name) => h("button", {
    type: "button", className: "btn", "aria-pressed": String(byWay === way), onclick: () => { byWay = way; draw(); },
  }, icon(way ? "route" : "clock"), word(name));
  const empty = list.at === null ? word("noList") : word("nothing");
  return [
    h("div", { className: "pair" }, tab(false, "byDue"), tab(true, "byWay")),
    byWay && here.lon === null ? h("p", { className: "quiet" }, word("noHere")) : null,
    ...(tasks.length ? tasks.map((task) => ticket(task, mine)) : [h("p", { className: "card empty" }, empty)]),
    list.at ? h("p", { className: "quiet" }, `${list.name} · ${word("asOf", { at: moment(list.at - off * 1000) })}`) : null,
  ];
}

function cardPage({ list, mine }, key) {
  const task = list.tasks.find((one) => one.key === key);
  if (!task) return listPage({ list, mine });
  top(task.name, "/");
  const waits = mine.filter((one) => one.task === key);
  const away = far(metres(here, task));
  const part = (label, text) => (text ? h("div", { lang: "zh" }, h("h3", {}, label), h("p", { className: "told" }, text)) : null);
  const deeds = task.deeds.map((deed) => {
    const open = isOpen(deed, list);
    if (!open && !waits.length) return h("p", { className: "quiet" }, `${deed.label}${word("colon")}${deed.why}`);
    return h("div", {}, link(`do/${code(key)}/${code(deed.name)}`, { className: "btn deed-way" }, deed.label),
      !open ? h("small", { className: "quiet" }, word("later")) : null);
  });
  return [
    h("section", { className: "card" }, h("div", { className: "row" }, dueChip(task), task.due ? h("span", { className: "flag flag-grey" }, task.state) : null,
      task.flags.map(([label, tone]) => h("span", { className: `flag flag-${tone}` }, label))),
    h("h2", { lang: "zh" }, task.title), hourOf(task),
    h("p", { className: "where" }, icon("map-pin"), h("span", { lang: "zh" }, task.where), h("b", {}, away || (task.secret ? "" : word("noPlace")))),
    task.secret ? h("p", { className: "quiet" }, word("secret")) : null,
    part(word("asked"), task.content), part(word({ item: "done", case: "measures" }[task.key.split(":")[0]] || "wants"), task.demand)),
    ...waits.map((one) => entryCard(one, list)),
    h("section", { className: "card" }, h("h2", {}, word("toDo")), deeds),
  ];
}

function entryCard(entry, list) {
  const task = list.tasks.find((one) => one.key === entry.task);
  const labels = Object.fromEntries((list.forms[entry.form] || []).map((f) => [f.name, f]));
  const worded = (name, value) => {
    const found = (labels[name]?.choices || []).find(([v]) => v === value);
    return `${labels[name]?.label || name}${word("colon")}${found ? found[1] : value}`;
  };
  const stuck = entry.status !== "waiting";
  const sign = { waiting: "upload", conflict: "alert-triangle", refused: "circle-x" }[entry.status];
  const mended = async (changes) => {
    await store.put({ ...entry, status: "waiting", said: "", now: undefined, after: "", key: crypto.randomUUID(), ...changes });
    await outbox.flush();
    draw();
  };
  const edit = async () => {
    const key = `${entry.person} ${entry.task} ${entry.deed}`;
    await store.keepDraft(key, { values: entry.values, files: entry.files });
    await store.drop(entry.seq);
    location.hash = `#/do/${code(entry.task)}/${code(entry.deed)}`;
  };
  const drop = async () => {
    if (!window.confirm(word("dropSure"))) return;
    await store.drop(entry.seq);
    draw();
    await outbox.flush();
  };
  const now = entry.now;
  const may = now && now.deeds.some((deed) => deed.name === entry.deed && !deed.why);
  const versions = stuck ? h("div", { className: "pair versions" },
    h("div", {}, h("h3", {}, word("yours")), h("p", { className: "quiet" }, `${word("sinceSeen")}${word("colon")}${entry.was || ""}`),
      h("p", {}, h("b", {}, entry.label)), Object.entries(entry.values).map(([n, v]) => h("p", { lang: "zh" }, worded(n, v)))),
    h("div", {}, h("h3", {}, word("nowIs")), now ? [h("p", { className: "quiet" }, now.state), h("p", { lang: "zh" }, now.title)]
      : h("p", {}, entry.status === "conflict" ? word("gone") : ""))) : null;
  return h("section", { className: stuck ? "card entry is-stuck" : "card entry", "data-status": entry.status },
    h("p", { className: "row" }, icon(sign), h("b", {}, word(entry.status)), h("span", { className: "quiet push" }, moment(entry.made_at))),
    h("p", {}, h("b", {}, entry.label), " ", h("span", { lang: "zh" }, entry.title), entry.files.length ? [" ", icon("photo"), ` ${entry.files.length}`] : null),
    entry.said ? h("p", { className: "alert alert-error", role: "alert" }, entry.said) : null, versions,
    stuck ? h("div", { className: "picks" },
      entry.status === "conflict" && may ? h("button", { type: "button", className: "btn btn-primary", onclick: () => mended({ seen: now.seen, was: now.state }) }, word("again")) : null,
      task ? h("button", { type: "button", className: "btn", onclick: edit }, word("edit")) : null,
      h("button", { type: "button", className: "btn", onclick: drop }, word("drop"))) : null);
}

function unsentPage({ list, mine }) {
  top(word("unsent"), "/");
  return mine.length ? mine.map((one) => entryCard(one, list)) : [h("p", { className: "card empty" }, word("sent"))];
}

async function leave(list) {
  const form = new FormData();
  form.append("csrfmiddlewaretoken", list.token || "");
  try {
    await fetch("/logout", { method: "POST", body: form });
  } catch {
    spot("content").prepend(h("p", { className: "alert alert-error", role: "alert" }, word("offlineOut")));
    return;
  }
  await store.clear();
  location.assign("/login?next=/street/");
}

function logoutPage({ list, mine }) {
  top(word("logout"), "/");
  if (!mine.length) { leave(list); return [h("p", { className: "quiet" }, word("logout"))]; }
  return [h("section", { className: "card" }, h("p", {}, word("logoutSure", { n: mine.length })),
    h("div", { className: "picks" }, link("", { className: "btn btn-primary" }, word("stay")),
      h("button", { type: "button", className: "btn btn-danger", onclick: () => leave(list) }, word("logoutAnyway"))))];
}

let asked = 0;
async function draw() {
  const turn = (asked += 1);
  const all = await known();
  const [where, key, deedName] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  bands(all);
  const task = all.list.tasks.find((one) => one.key === key);
  let main;
  let foot = [];
  if (where === "do" && task) {
    const deed = task.deeds.find((one) => one.name === deedName);
    const fields = deed && all.list.forms[deed.form];
    if (fields && spot("content").dataset.page === location.hash) return;  // being written: left alone
    if (fields) {
      top(deed.label, `task/${code(key)}`);
      const done = () => { location.hash = `#/task/${code(key)}`; };
      ({ main, foot } = await formPage({ task, deed, fields, person: all.list.person, done }));
    }
  } else if (where === "task") main = cardPage(all, key);
  else if (where === "unsent") main = unsentPage(all);
  else if (where === "logout") main = logoutPage(all);
  main = await (main || listPage(all));
  if (turn !== asked) return;
  const moved = spot("content").dataset.page !== location.hash;
  spot("content").replaceChildren(...main.filter(Boolean));
  spot("foot").replaceChildren(...foot);
  spot("content").dataset.page = location.hash;
  if (moved) { window.scrollTo(0, 0); spot("content").focus({ preventScroll: true }); }
}

window.addEventListener("hashchange", draw);
window.addEventListener("online", () => outbox.flush());
window.addEventListener("offline", () => { outbox.state.offline = true; draw(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) outbox.flush(); });
setInterval(async () => { if ((await store.unsent()).some((one) => one.status === "waiting")) outbox.flush(); }, 20000);
outbox.onChange(draw);
onMove(draw);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/street/worker.js", { scope: "/street/" }).catch(() => {});
if (navigator.storage?.persist) navigator.storage.persist();
watch();
await draw();
await outbox.refresh();
await outbox.flush();
