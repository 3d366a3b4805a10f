// A list that a figure opened is brought into view, with its heading in focus.
(function () {
  "use strict";

  let shown = null;

  function opened() {
    const parameters = new URLSearchParams(window.location.search);
    const before = shown;
    shown = ["list", "by", "of", "week", "cohort", "batch"].map((name) => parameters.get(name) || "").join(" ");
    if (before === null || before === shown) return shown;
    const title = document.querySelector("[data-list-title]");
    if (title) {
      title.scrollIntoView({ block: "start", behavior: "smooth" });
      title.focus({ preventScroll: true });
    }
    return shown;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { coverage: { opened } });
})();
