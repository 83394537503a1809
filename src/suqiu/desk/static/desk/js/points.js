/* Points on a map, drawn from the rows of their own table.
   Hooks: details[data-points=address of tiles][data-credit][data-in][data-out], [data-canvas] in it,
   tr[data-lat][data-lon]. Nothing is fetched before it is opened. */
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const PLAIN = { radius: 8, weight: 2, color: "#fff", fillColor: "#0b665d", fillOpacity: 0.9 };
  const MARKED = { radius: 11, fillColor: "#b3231b" };

  /* Leaflet takes words as HTML; here they are words. */
  function words(text) {
    const box = document.createElement("span");
    box.textContent = text;
    return box;
  }

  function point(row, map) {
    const at = [Number(row.dataset.lat), Number(row.dataset.lon)];
    const dot = L.circleMarker(at, PLAIN).addTo(map);
    dot.bindTooltip(words([...row.cells].slice(0, 2).map((cell) => cell.textContent.trim()).join(" ")));
    dot.on("click", () => row.querySelector("a").focus());
    row.addEventListener("focusin", () => { dot.setStyle(MARKED).bringToFront(); map.panTo(at, { animate: !still }); });
    row.addEventListener("focusout", () => dot.setStyle(PLAIN));
    return at;
  }

  function draw(fold) {
    const map = L.map(fold.querySelector("[data-canvas]"), {
      zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, scrollWheelZoom: false,
    });
    map.attributionControl.setPrefix("Leaflet");
    L.control.zoom({ zoomInTitle: fold.dataset.in, zoomOutTitle: fold.dataset.out }).addTo(map);
    L.tileLayer(fold.dataset.points, {
      maxZoom: 18, attribution: words(fold.dataset.credit).innerHTML, referrerPolicy: "no-referrer",
    }).addTo(map);
    const places = [...fold.querySelectorAll("tr[data-lat]")].map((row) => point(row, map));
    map.fitBounds(places, { padding: [30, 30], maxZoom: 16, animate: false });
  }

  for (const fold of document.querySelectorAll("details[data-points]")) {
    fold.addEventListener("toggle", () => { if (fold.open) draw(fold); }, { once: true });
  }
})();
