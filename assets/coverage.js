// A list that a figure opened is brought into view, with its heading in focus.
(function () {
  "use strict";

  let shown = null;

  function opened() {
    const parameters = new URLSearchParams(window.location.search);
    const before = shown;
    shown = ["list", "by", "of", "week", "cohort", "batch"].map((name) => parameters.get(name) || "").join(" ");
    if (before === null || before === shown) return;
    const title = document.querySelector("[data-list-title]");
    if (title) {
      title.scrollIntoView({ block: "start", behavior: "smooth" });
      title.focus({ preventScroll: true });
    }
  }

  document.addEventListener("routebook:drawn", (event) => {
    if (event.target.matches(".drawing-coverage-lists, .drawing-coverage-by-lists, .drawing-capacity-list")) opened();
  });
})();
