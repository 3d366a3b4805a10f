// A list that was opened by a cell is brought into view with its heading in focus; closing it leads back.
(function () {
  "use strict";

  let shown = null;
  let opener = null;

  function key(parameters) {
    return ["list", "cohort", "late", "by", "week", "rule"].map((name) => parameters.get(name) || "").join(" ");
  }

  // A cell of a table with `data-list` opens the list that it counts: beside it, or on its department's page.
  document.addEventListener("click", (event) => {
    const stop = event.target.closest("table[data-list] [data-stop]");
    if (!stop) return;
    const cell = stop.closest("td");
    const table = stop.closest("table");
    const { row, column } = cell.dataset;
    const list = table.dataset.list;
    const chosen = { list, [list === "coverage" ? "week" : "late"]: column === "all" ? "" : column };
    const otherwise = { week: "", late: "", rule: "" };
    if (table.dataset.to) {
      const by = new URLSearchParams(window.location.search).get("by");
      const query = new URLSearchParams(by ? { ...chosen, by } : chosen);
      window.location.assign(`${table.dataset.to}${row}?${query}`);
      return;
    }
    opener = `td[data-row="${row}"][data-column="${column}"] [data-stop]`;
    window.routebook.select({ ...otherwise, ...chosen, cohort: row === "all" ? "" : row, target: "" });
  });

  function opened() {
    const parameters = new URLSearchParams(window.location.search);
    const before = shown;
    shown = key(parameters);
    if (before === shown) return;
    const title = document.querySelector("[data-list-title]");
    const cell = opener && document.querySelector(opener);
    if (title) {
      title.scrollIntoView({ block: "start", behavior: before === null ? "auto" : "smooth" });
      title.focus({ preventScroll: true });
    } else if (before !== null) (cell || document.getElementById("main")).focus();
  }

  document.addEventListener("routebook:drawn", (event) => {
    if (event.target.matches(".drawing-open-list")) opened();
  });
})();
