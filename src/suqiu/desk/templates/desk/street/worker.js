/* Keeps the app's own parts, and no answer of the house: what people's data the phone holds, the app
   holds (store.js). The network first, so that a new edition is there at once; else what is kept. */
"use strict";
const NAME = "suqiu-street-parts";
const SHELL = "/street/";
const PARTS = [SHELL, {% for part in parts %}"{{ part|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(PARTS)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function first(request, key) {
  const kept = await caches.open(NAME);
  const patience = new Promise((_done, fail) => setTimeout(() => fail(new Error("slow")), 4000));
  try {
    const fresh = await Promise.race([fetch(request), patience]);
    if (fresh.ok && !fresh.redirected) await kept.put(key, fresh.clone());
    return fresh;
  } catch (error) {
    const found = await kept.match(key);
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === SHELL) event.respondWith(first(event.request, SHELL));
  else if (PARTS.includes(url.pathname)) event.respondWith(first(event.request, url.pathname));
});
