/* The wall: every minute the figures anew. Without a connection the last ones stay and their age is told;
   a link that was revoked leaves nothing on the screen. Hooks: #wall[data-at][data-each], #wall-age. */
(() => {
  "use strict";
  const age = document.getElementById("wall-age");
  let fresh = Date.now(); // by this browser's clock, since ages and not moments are told
  let gone = false;

  function say() {
    const minutes = Math.floor((Date.now() - fresh) / 60000);
    const lost = minutes >= 2;
    age.textContent = gone ? age.dataset.gone : lost ? age.dataset.lost.replace("{n}", minutes) : age.dataset.fresh;
    document.body.classList.toggle("is-lost", gone || lost);
  }

  function clear() {
    gone = true;
    document.getElementById("wall").replaceChildren();
    say();
  }

  async function refresh() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 20000);
    try {
      const answer = await fetch("/wall?part=1", {
        credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal,
      });
      // To the login, or refused: who looks here no longer may.
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return clear();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const figures = page.getElementById("wall");
      if (!figures) return;
      document.getElementById("wall").replaceWith(figures);
      fresh = Date.now();
      gone = false;
    } catch { /* no connection: the age tells it */ } finally {
      clearTimeout(timer);
      say();
    }
  }

  const each = Number(document.getElementById("wall").dataset.each) || 60;
  setInterval(refresh, each * 1000);
  setInterval(say, 5000);
  window.addEventListener("online", refresh);
  say();
})();
