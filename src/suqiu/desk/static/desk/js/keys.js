/* Keys. Letters are silent in fields, with modifiers and while an IME composes; they can be switched off.
   Hooks: [data-search], #keys, [data-rows] > [data-row] (a[data-open], input[type=checkbox]),
   [data-key=D] or "Shift D" or "Alt D", a[data-back], a[data-go=1], [data-clear], [data-must]. */
(() => {
  "use strict";
  const OFF = "suqiu-keys-off";
  let waitingForView = false;
  let anchor = null;

  const inField = (node) => node.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
  const current = () => document.querySelector("[data-row].is-current") ||
    (document.activeElement && document.activeElement.closest("[data-row]"));
  const dialogOpen = () => document.querySelector("dialog[open]");

  function stand(row) {
    if (!row) return;
    rows().forEach((other) => other.classList.toggle("is-current", other === row));
    const link = row.querySelector("a[data-open]") || row.querySelector("a");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    row.dispatchEvent(new CustomEvent("row:current", { bubbles: true }));
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    stand(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  function select(range) {
    const row = current();
    const box = row && row.querySelector("input[type=checkbox]");
    if (!box) return;
    if (range && anchor) {
      const all = rows();
      const [a, b] = [all.indexOf(anchor), all.indexOf(row)].sort((x, y) => x - y);
      for (const one of all.slice(Math.max(0, a), b + 1)) tick(one.querySelector("input[type=checkbox]"), true);
    } else {
      tick(box, !box.checked);
      anchor = row;
    }
  }

  function tick(box, on) {
    if (!box || box.checked === on) return;
    box.checked = on;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function back() {
    const picked = rows().map((row) => row.querySelector("input[type=checkbox]:checked")).filter(Boolean);
    if (picked.length) { picked.forEach((box) => tick(box, false)); return true; }
    const link = document.querySelector("a[data-back]");
    if (link) link.click();
    return Boolean(link);
  }

  function press(name) {
    const seen = [...document.querySelectorAll("[data-key]")].filter((node) => node.offsetParent !== null);
    const one = seen.find((node) => node.dataset.key.toUpperCase() === name.toUpperCase());
    if (!one || one.getAttribute("aria-disabled") === "true") return false;
    if (inField(one)) one.focus(); else one.click();
    return true;
  }

  function submitHere(node) {
    const form = node.closest("form") || document.querySelector("form[data-main]");
    if (form && form.method === "post") { form.requestSubmit(); return true; }
    return false;
  }

  function nextFinding() {
    const all = [...document.querySelectorAll("[data-must], .finding-warn")];
    if (!all.length) return false;
    const at = all.findIndex((node) => node.closest(".form-row")?.contains(document.activeElement));
    const row = all[(at + 1) % all.length].closest(".form-row");
    const field = row && row.querySelector(".field input, .field textarea, .field select");
    if (field) field.focus();
    return Boolean(field);
  }

  function letter(event) {
    const key = event.key;
    if (waitingForView) {
      waitingForView = false;
      const view = /^\d$/.test(key) && document.querySelector(`a[data-go="${key}"]`);
      if (view) { view.click(); return true; }
    }
    if (key === "/") { const box = document.querySelector("[data-search]"); box?.focus(); box?.select(); return Boolean(box); }
    if (key === "?") { const help = document.getElementById("keys"); help?.showModal(); return Boolean(help); }
    const low = key.toLowerCase();
    if (low === "g" && !event.shiftKey) { waitingForView = true; setTimeout(() => { waitingForView = false; }, 1500); return true; }
    if (event.shiftKey && key.length === 1 && press(`Shift ${key}`)) return true;
    if (rows().length) {
      if (low === "j" || low === "k") { step(low === "j" ? 1 : -1); return true; }
      if (low === "x") { select(event.shiftKey); return true; }
    }
    return !event.shiftKey && key.length === 1 && press(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const node = event.target instanceof Element ? event.target : document.body;
    let done = false;
    if (event.ctrlKey && event.key === "Enter") done = submitHere(node);
    else if (event.altKey && !event.ctrlKey && !event.metaKey && event.code) {
      done = press(`Alt ${event.code.replace(/^(Key|Digit)/, "")}`);
    } else if (event.ctrlKey || event.metaKey || event.altKey || dialogOpen()) return;
    else if (event.key === "F4") done = nextFinding();
    else if (inField(node)) { if (event.key === "Escape") { node.blur(); done = true; } }
    else if (event.key === "Escape") {
      const menu = document.querySelector("details.who[open]");
      if (menu) { menu.open = false; menu.firstElementChild.focus(); done = true; } else done = back();
    }
    else if (event.key === "Enter") {
      const row = node === document.body && current();
      if (row) { row.querySelector("a[data-open]")?.click(); done = true; }
    } else if (localStorage.getItem(OFF) !== "1") done = letter(event);
    if (done) event.preventDefault();
  });

  const off = document.querySelector("[data-keys-off]");
  if (off) {
    off.checked = localStorage.getItem(OFF) === "1";
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));
  }
})();
