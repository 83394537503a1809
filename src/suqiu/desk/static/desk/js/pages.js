/* Taking a suggestion, the preview beside a list, the sum of findings. Hooks: [data-set=name][data-value],
   [data-preview=url with NUMBER], #preview, [data-sum], [data-picked=words with NUMBER]. */
(() => {
  "use strict";
  function take(button) {
    const form = document.querySelector("form[data-main]");
    const field = form && form.elements[button.dataset.set];
    if (!field) return;
    field.value = button.dataset.value;
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  let shown = "";
  let timer = 0;
  function preview(row) {
    const list = row.closest("[data-preview]");
    const link = row.querySelector("a[data-open]");
    const pane = document.getElementById("preview");
    if (!list || !link || !pane || pane.offsetParent === null) return;
    const url = list.dataset.preview.replace("NUMBER", link.pathname.split("/").pop());
    if (url === shown) return;
    shown = url;
    clearTimeout(timer);
    timer = setTimeout(() => window.htmx.ajax("GET", url, { target: "#preview", swap: "innerHTML" }), 150);
  }

  function count() {
    const sum = document.querySelector("[data-sum]");
    if (!sum) return;
    const n = document.querySelectorAll("[data-must]").length;
    sum.textContent = n ? `${n} ${sum.dataset.sum}` : "";
  }

  /* How many go is said before they go. */
  function picked() {
    const words = document.querySelector("[data-picked]");
    if (!words) return;
    words.dataset.none ||= words.textContent;
    const n = words.closest("form").querySelectorAll('[name="number"]:checked').length;
    words.textContent = n ? words.dataset.picked.replace("NUMBER", n) : words.dataset.none;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    if (button) take(button);
  });
  document.addEventListener("row:current", (event) => preview(event.target));
  document.addEventListener("mouseover", (event) => {
    const row = event.target.closest("[data-preview] [data-row]");
    if (row && !document.querySelector("[data-row].is-current")) preview(row);
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-preview] [data-row]");
    if (row) preview(row);
  });
  /* The browser's back button and a draft bring the district back, but not the streets that were fetched for it. */
  function streets() {
    const region = document.getElementById("id_region");
    const street = document.getElementById("id_street");
    if (region && street && region.value && street.options.length < 2) {
      window.htmx.trigger(region, "change");
    }
  }
  window.addEventListener("pageshow", () => setTimeout(() => { streets(); picked(); }, 0));
  document.addEventListener("change", picked);
  document.addEventListener("htmx:afterSettle", count);
  const first = document.querySelector("[data-preview] [data-row]");
  if (first && window.htmx) preview(first);
  count();
})();
