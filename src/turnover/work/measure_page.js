"use strict";
// Sorts and chooses clips. Without it the page stays as it was written.
(() => {
  const controls = document.getElementById("controls");
  if (!controls) return;
  const list = document.getElementById("clips");
  const rows = document.querySelector(".overview tbody");
  const collator = new Intl.Collator("en", { numeric: true });
  const severity = ["fail", "broken", "warn", "unknown", "pass"];
  const clips = [...list.querySelectorAll("article")].map((article, given) => ({
    article,
    row: rows.children[given],
    given,
    name: article.querySelector("h3").textContent,
    state: article.dataset.state,
    // An unknown quality comes last, whichever end is asked for first.
    quality: article.dataset.quality ? Number(article.dataset.quality) : null,
    tags: (article.dataset.tags || "").split("\n"),
  }));
  const byQuality = (sign) => (a, b) =>
    (a.quality === null) - (b.quality === null) || sign * (a.quality - b.quality);
  const orders = {
    given: () => 0,
    state: (a, b) => severity.indexOf(a.state) - severity.indexOf(b.state) || byQuality(1)(a, b),
    worst: byQuality(1),
    best: byQuality(-1),
    name: (a, b) => collator.compare(a.name, b.name),
  };
  const { order, state, tag } = controls.elements;

  function apply() {
    const sorted = [...clips].sort((a, b) => orders[order.value](a, b) || a.given - b.given);
    list.append(...sorted.map((clip) => clip.article));
    rows.append(...sorted.map((clip) => clip.row));
    let count = 0;
    for (const clip of clips) {
      const fits = (!state.value || clip.state === state.value) && (!tag.value || clip.tags.includes(tag.value));
      clip.article.hidden = clip.row.hidden = !fits;
      count += fits;
    }
    document.getElementById("shown").value =
      count === clips.length ? `${count} clips` : `${count} of ${clips.length} clips`;
  }

  controls.addEventListener("input", apply);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;
  apply();
})();
