// What script adds to pages that work without it: keys for people who live in these lists.
"use strict";

(() => {
  const resting = (target) =>
    target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
  const places = { H: "/", A: "/applications", B: "/batches", R: "/reconciliation" };
  let afterG = false;

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && resting(event.target)) { event.target.blur(); return; }
    if (resting(event.target)) return;
    const key = event.key.toUpperCase();
    if (event.key === "/") {
      document.getElementById("find")?.focus();
      event.preventDefault();
    } else if (afterG && places[key]) {
      const carried = new URLSearchParams();
      for (const name of ["as_of", "known", "district", "fund", "lang"]) {
        const value = new URLSearchParams(location.search).get(name);
        if (value) carried.set(name, value);
      }
      location.href = places[key] + (carried.size ? `?${carried}` : "");
    } else if (key === "J" || key === "K") {
      const links = [...document.querySelectorAll("table.data tbody tr td:first-child a")];
      const at = links.indexOf(document.activeElement);
      links[Math.min(Math.max(at + (key === "J" ? 1 : -1), 0), links.length - 1)]?.focus();
    }
    afterG = key === "G";
  });

  // two minutes before a session is over it can be kept, in place
  const ending = document.getElementById("session-end");
  if (ending) {
    let timer;
    const wait = (seconds) => {
      clearTimeout(timer);
      ending.hidden = seconds > 120;
      if (seconds > 120) timer = setTimeout(() => { ending.hidden = false; }, (seconds - 120) * 1000);
    };
    wait(Number(ending.dataset.seconds));
    ending.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual",
        headers: { Accept: "application/json" },
      }).then((answer) => answer.json()).then((left) => wait(left.seconds)).catch(() => form.submit());
    });
  }

  // the exact address can't be typed twice: a form that has been sent waits for its answer
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; });
  });
})();
