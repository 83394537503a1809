/* The form of one deed. Each keystroke is kept on the phone: nothing typed is lost, whatever happens. */
import { h, word } from "./build.js";
import { filesField } from "./capture.js";
import { queue } from "./outbox.js";
import * as store from "./store.js";
import { here } from "./ways.js";

const given = (values, field) => (values[field.name] ?? "").trim();

export async function formPage({ task, deed, fields, person, done }) {
  const key = `${person} ${task.key} ${deed.name}`;
  const kept = (await store.draft(key)) || { values: {}, files: [] };
  const { values, files } = kept;
  const told = h("p", { className: "alert alert-error", role: "alert", hidden: true });
  const note = h("p", { className: "quiet", role: "status" });
  const changed = async () => {
    try {
      await store.keepDraft(key, kept);
      note.textContent = word("keptNote");
    } catch {
      told.textContent = word("full");
      told.hidden = false;
      keeping = false;
    }
  };
  const set = (name) => (event) => { values[name] = event.target.value; return changed(); };

  const rows = fields.map((field) => {
    if (field.type === "files") return filesField(field, task, files, changed);
    const label = h("span", { className: "label" }, field.required ? h("b", { className: "red" }, "* ") : null, field.label);
    if (field.type === "choice") {
      return h("fieldset", { className: "form-row" }, h("legend", {}, label),
        h("div", { className: "ways" }, field.choices.map(([value, text]) =>
          h("label", { className: "choice" }, h("input", {
            type: "radio", name: field.name, value, checked: values[field.name] === value, onchange: set(field.name),
          }), text))));
    }
    const long = field.type === "long";
    const input = h(long ? "textarea" : "input", {
      name: field.name, maxlength: field.most, rows: long ? 5 : null, oninput: set(field.name),
      value: long ? null : values[field.name],
    });
    if (long) input.value = values[field.name] ?? "";
    return h("label", { className: "form-row" }, label, input);
  });

  /* Before and after stand side by side: one sees at a glance whether they are of one place. */
  const sides = ["before", "after"].map((name) => fields.findIndex((f) => f.type === "files" && f.name === name));
  if (sides.every((n) => n >= 0)) {
    const [before, after] = sides.map((n) => rows[n]);
    rows.splice(sides[1], 1);
    rows[sides[0]] = h("div", { className: "sides" }, before, after);
  }

  /* What asks nothing says so, and of which matter: an empty card was taken for one that had not loaded. */
  const shown = rows.some(Boolean) ? rows
    : [h("h2", {}, task.title), h("p", { className: "quiet" }, word("asksNothing"))];

  let keeping = false;  // a second press on a slow phone is the same deed
  async function keep(event) {
    event.preventDefault();
    if (keeping) return;
    const lacking = fields.filter((f) => f.required && f.type !== "files" && !given(values, f)
      && !(f.unless && values[f.unless]));
    const unshown = deed.name === "dispose" && values.result === "solved"
      && !files.some((f) => f.field === "after");
    if (lacking.length || unshown) {
      told.textContent = lacking.length
        ? word("missing", { what: lacking.map((f) => f.label).join(" · ") }) : word("afterPhoto");
      told.hidden = false;
      told.scrollIntoView({ block: "center" });
      return;
    }
    keeping = true;
    try {
      await queue({
        person, task: task.key, title: task.title, name: task.name, deed: deed.name, form: deed.form,
        label: deed.label, seen: task.seen, was: task.state, values: { ...values }, files: [...files],
        lon: here.lon, lat: here.lat,
      });
      await store.dropDraft(key);
      done();
    } catch {
      told.textContent = word("full");
      told.hidden = false;
      keeping = false;
    }
  }

  const ways = h("div", { className: "street-action" },
    h("button", { type: "submit", form: "deed", className: "btn btn-primary" }, word("keep")));
  return {
    main: [told, h("form", { id: "deed", className: "deed card", onsubmit: keep, novalidate: true }, shown), note],
    foot: [ways],
  };
}
