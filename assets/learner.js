// The learner's own page: a step ticked from the card of the next step opens its target, so that what was
// ticked is seen and can be taken back.
(function () {
  "use strict";

  document.addEventListener("routebook:saved", (event) => {
    const form = event.target.closest("form[data-ticks]");
    if (form) window.routebook.select({ target: form.dataset.of });
  });
})();
