// The learner's own page: a step ticked from the card of the next step. The form opens with its target,
// so that what was ticked is seen and can be taken back.
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ticks]");
    if (!button) return;
    window.dash_clientside.set_props("target-step", {
      data: { target: Number(button.dataset.of), step: Number(button.dataset.ticks), done: true, at: Date.now() },
    });
  });
})();
