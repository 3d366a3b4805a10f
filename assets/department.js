// A list that was opened by a cell is brought into view with its heading in focus; closing it leads back.
(function () {
  "use strict";

  let shown = null;
  let opener = null;

  function key(parameters) {
    return ["list", "cohort", "late", "by", "week", "rule"].map((name) => parameters.get(name) || "").join(" ");
  }

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-select^='list=']");
    const cell = chosen && chosen.closest("[data-row]");
    if (cell) opener = `[data-row="${cell.dataset.row}"][data-column="${cell.dataset.column}"] [data-stop]`;
  });

  function opened() {
    const parameters = new URLSearchParams(window.location.search);
    const before = shown;
    shown = key(parameters);
    if (before === null || before === shown) return shown;
    const title = document.querySelector("[data-list-title]");
    if (title) {
      title.scrollIntoView({ block: "start", behavior: "smooth" });
      title.focus({ preventScroll: true });
    } else if (opener) {
      const cell = document.querySelector(opener);
      if (cell) cell.focus();
    }
    return shown;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { department: { opened } });
})();
