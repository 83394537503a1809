/* What helps where scripts run; every page works without. Drafts stay on this phone (no names, no telephone, no code);
   chosen photos are shown small; a form is sent once. Hooks: [data-draft], [data-draft-note], [data-draft-done],
   [data-photos], [data-chosen], [data-once], [data-focus]. */
(() => {
  "use strict";
  const PREFIX = "suqiu-public:";
  const KEPT = 7 * 24 * 3600 * 1000;
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(PREFIX + key) || "null"); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* private mode */ } },
    drop(key) { try { localStorage.removeItem(PREFIX + key); } catch { /* private mode */ } },
  };
  const fields = (form) => [...form.elements].filter((one) =>
    one.name && !["hidden", "file", "submit", "button", "radio", "checkbox"].includes(one.type) && one.name !== "website");

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = form.dataset.draft;
    const draft = store.get(key);
    if (draft && Date.now() - draft.at < KEPT) {
      for (const field of fields(form)) if (!field.value && draft.values[field.name]) field.value = draft.values[field.name];
    }
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        store.set(key, { at: Date.now(), values: Object.fromEntries(fields(form).map((f) => [f.name, f.value])) });
        const note = form.querySelector("[data-draft-note]");
        if (note) note.textContent = note.dataset.draftNote;
      }, 600);
    });
  }
  const done = document.querySelector("[data-draft-done]");
  if (done) {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key));
  }

  /* A canvas, not an address of the file: the page's policy allows pictures of this site only. */
  async function show(input) {
    const list = input.parentElement.querySelector("[data-chosen]");
    if (!list) return;
    list.replaceChildren();
    for (const file of input.files) {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      try {
        const picture = await createImageBitmap(file);
        const canvas = document.createElement("canvas");
        const scale = 240 / picture.width;
        canvas.width = 240;
        canvas.height = Math.min(400, Math.round(picture.height * scale));
        canvas.getContext("2d").drawImage(picture, 0, 0, 240, picture.height * scale);
        canvas.setAttribute("aria-hidden", "true");
        item.append(canvas);
      } catch { /* no picture, or one that only the server reads */ }
      item.append(name);
      list.append(item);
    }
  }
  for (const input of document.querySelectorAll("[data-photos]")) input.addEventListener("change", () => show(input));

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 8000);
    });
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach((form) => { delete form.dataset.sent; }));
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
