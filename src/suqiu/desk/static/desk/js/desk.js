/* Forms: drafts, one sending only, what is shown for a minute, the demo's logins, the bands of one who
   is offline or was logged out; printing.
   Hooks: form[data-draft=name], [data-secret], [data-draft-note], form[data-guard], form[data-forget],
   [data-reveal=seconds][data-masked], [data-countdown], [data-fill-username], [data-offline],
   [data-signed-out], [data-keeps-drafts], [data-print]. */
(() => {
  "use strict";
  const PREFIX = "suqiu-draft:";
  const DAY = 24 * 3600 * 1000;
  const person = document.body.dataset.person || "";

  const stored = (key) => {
    try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; }
  };
  const draftKey = (form) => `${PREFIX}${person}:${location.pathname}:${form.dataset.draft}`;

  /* Identity never goes into a draft: a shared machine keeps what is written here. */
  const draftable = (field) =>
    field.name && !field.closest("[data-secret]") &&
    !["hidden", "password", "file", "submit", "button"].includes(field.type);

  function read(form) {
    const values = {};
    for (const field of form.elements) {
      if (!draftable(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) (values[field.name] ||= []).push(field.value);
      } else if (field.value) {
        values[field.name] = [field.value];
      }
    }
    return values;
  }

  function restore(form, values) {
    for (const field of form.elements) {
      if (!draftable(field) || !(field.name in values)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = values[field.name].includes(field.value);
      } else if (!field.value) {
        field.value = values[field.name][0];
      }
    }
  }

  function note(form, at) {
    const where = form.querySelector("[data-draft-note]") || document.querySelector("[data-draft-note]");
    if (where) where.textContent = `${where.dataset.draftNote} ${at.toTimeString().slice(0, 8)}`;
  }

  function keepDraft(form) {
    const key = draftKey(form);
    const old = stored(key);
    if (old && Date.now() - old.at < DAY) {
      restore(form, old.values);
      note(form, new Date(old.at));
    }
    let last = JSON.stringify(read(form));
    const save = () => {
      if (!form.isConnected || form.dataset.sent) return;
      const values = read(form);
      const text = JSON.stringify(values);
      if (text === last) return;
      last = text;
      try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values })); } catch { return; }
      note(form, new Date());
    };
    setInterval(save, 5000);
    /* What was written in the last seconds counts too: the sending may meet a closed door. */
    window.addEventListener("pagehide", save);
    form.addEventListener("submit", () => { save(); sessionStorage.setItem("suqiu-sent", key); });
  }

  /* A sent draft goes only once the next page came without its form: a refused one stays. */
  function dropSentDraft() {
    const key = sessionStorage.getItem("suqiu-sent");
    sessionStorage.removeItem("suqiu-sent");
    /* Before the login, and where the house refused to read the form, nothing has arrived yet. */
    if (!key || !person || document.querySelector("[data-keeps-drafts]")) return;
    const again = [...document.querySelectorAll("form[data-draft]")].some((form) => draftKey(form) === key);
    if (!again) localStorage.removeItem(key);
  }

  function dropAllDrafts() {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    }
  }

  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  function guard(event) {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.matches("[data-guard], [data-draft]") && !form.elements.idempotency_key) {
      const hidden = document.createElement("input");
      hidden.type = "hidden"; hidden.name = "idempotency_key"; hidden.value = newKey();
      form.append(hidden);
    }
    form.dataset.sent = "1";
    setTimeout(() => release(form), 8000); /* a download leaves the page standing; the key keeps it once */
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      button.setAttribute("aria-disabled", "true");
    }
  }

  function release(form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  }

  function countDown(shown) {
    let left = Number(shown.dataset.reveal || shown.dataset.countdown) || 60;
    const words = shown.textContent.replace(/^\s*\d+/, "");
    const timer = setInterval(() => {
      left -= 1;
      if (shown.dataset.countdown && left > 0) shown.textContent = left + words;
      if (left > 0) return;
      clearInterval(timer);
      if (shown.dataset.countdown) shown.remove(); else shown.textContent = shown.dataset.masked;
    }, 1000);
  }

  function begin(root) {
    root.querySelectorAll("form[data-draft]").forEach((form) => {
      if (!form.dataset.draftOn) { form.dataset.draftOn = "1"; keepDraft(form); }
    });
    root.querySelectorAll("[data-reveal], [data-countdown]").forEach((shown) => {
      if (!shown.dataset.ticking) { shown.dataset.ticking = "1"; countDown(shown); }
    });
  }

  function showOffline() {
    document.querySelectorAll("[data-offline]").forEach((band) => { band.hidden = navigator.onLine; });
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget]")) dropAllDrafts();
    if (!event.defaultPrevented) guard(event);
  });
  document.addEventListener("click", (event) => {
    const login = event.target.closest("[data-fill-username]");
    if (!login) return;
    const form = document.querySelector("form[data-login]");
    form.elements.username.value = login.dataset.fillUsername;
    form.elements.password.value = login.dataset.fillPassword;
    form.requestSubmit();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) release(form);
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (![401, 403].includes(event.detail.xhr.status)) return;
    document.querySelectorAll("[data-signed-out]").forEach((band) => { band.hidden = false; });
  });
  document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
  /* A page taken from the browser's own store was not sent again. */
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
  window.addEventListener("online", showOffline);
  window.addEventListener("offline", showOffline);

  /* A strip that is longer than the screen begins where one is. */
  function showHere() {
    for (const here of document.querySelectorAll(".nav [aria-current], .views [aria-current]")) {
      const strip = here.closest(".nav, .views");
      strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
    }
  }

  /* What one has not scrolled to yet is on paper, too: a picture that waits to be seen prints as a frame. */
  function fetchPictures() {
    const waiting = [...document.querySelectorAll('img[loading="lazy"]')].filter((img) => !img.complete);
    waiting.forEach((img) => { img.loading = "eager"; });
    return Promise.race([
      Promise.allSettled(waiting.map((img) => img.decode())), new Promise((go) => setTimeout(go, 4000)),
    ]);
  }
  window.addEventListener("beforeprint", fetchPictures);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) fetchPictures().then(() => window.print());
  });

  /* What scrolls sideways is scrolled with keys as well, and says what it is. */
  function reachable() {
    for (const wrap of document.querySelectorAll(".table-wrap:not([tabindex])")) {
      if (wrap.scrollWidth <= wrap.clientWidth) continue;
      const head = wrap.closest("section, article, .card")?.querySelector("h1, h2, h3");
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "group");
      if (head) wrap.setAttribute("aria-label", head.textContent.trim());
    }
  }
  window.addEventListener("resize", reachable);

  reachable();
  showHere();
  dropSentDraft();
  begin(document);
  showOffline();
})();
