"use strict";
(() => {
  const map = document.getElementById("map");
  const drawing = document.querySelector(".drawing");
  const fit = document.getElementById("fit");

  // A whole map that stays readable is better than one that scrolls.
  const scale = () => (drawing.clientWidth - 16) / map.viewBox.baseVal.width;
  const setWhole = (whole) => {
    drawing.classList.toggle("whole", whole);
    fit.textContent = whole ? "Full size" : "Whole map";
  };
  if (map && scale() < 1) {
    fit.hidden = false;
    fit.addEventListener("click", () => setWhole(!drawing.classList.contains("whole")));
    setWhole(scale() > 0.7);
  }

  // Pointing at a component leaves only what it is linked to.
  const ask = (box) => {
    map.classList.add("asking");
    box.classList.add("lit");
    for (const arrow of map.querySelectorAll(".arrow")) {
      const ends = [arrow.dataset.from, arrow.dataset.to];
      if (!ends.includes(box.id)) continue;
      arrow.classList.add("lit");
      for (const end of ends) document.getElementById(end).classList.add("lit");
    }
  };
  const rest = () => {
    map.classList.remove("asking");
    for (const lit of map.querySelectorAll(".lit")) lit.classList.remove("lit");
  };
  for (const box of map ? map.querySelectorAll(".box") : []) {
    for (const event of ["mouseenter", "focus"]) box.addEventListener(event, () => { rest(); ask(box); });
    for (const event of ["mouseleave", "blur"]) box.addEventListener(event, rest);
  }

  const filter = document.getElementById("filter");
  if (filter) {
    filter.closest(".filter").hidden = false;
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const finding of document.querySelectorAll(".finding")) {
        const text = finding.textContent.toLowerCase();
        finding.hidden = !words.every((word) => text.includes(word));
      }
    });
  }

  // A link to a finding opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
