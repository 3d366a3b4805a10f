// The form of a review keeps itself: each part is saved a moment after it was typed in, again when a lost
// connection is back, and before the review is completed. What is wrong at its completion is said at its field.
(function () {
  "use strict";

  const AFTER = 900;
  const AGAIN_AFTER = 4000;
  const timers = new WeakMap();
  let completing = false; // asked to complete, while parts are still on their way

  const partOf = (element) => element.closest("[data-keeps-itself]")?.querySelector("form[data-writes]");
  // Words about a target without a choice are kept by nothing but their draft.
  const isChosen = (form) => !form.elements.choice || form.elements.choice.value;
  const unsaved = () => Array.from(document.querySelectorAll("[data-keeps-itself] form[data-unsaved]")).filter(isChosen);
  const waits = (form) => form.querySelector(".conflict, .is-invalid");

  function tell(form, words) {
    const kept = form.closest("[data-keeps-itself]").querySelector(".kept");
    if (kept) kept.textContent = words;
  }

  function schedule(form, after) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), after));
  }

  function keep(form) {
    if (!form.isConnected || !form.hasAttribute("data-unsaved") || form.querySelector(".conflict")) return;
    if (!isChosen(form)) return;
    if (form.hasAttribute("aria-busy") || !navigator.onLine) {
      schedule(form, AGAIN_AFTER / 4);
      return;
    }
    tell(form, "Keeping …");
    form.requestSubmit();
    // Neither kept nor refused by then: the connection was lost. Once more.
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => {
      if (form.hasAttribute("data-unsaved") && !waits(form)) {
        tell(form, "Not kept on the server yet; what you typed is still here");
        keep(form);
      }
    }, AGAIN_AFTER));
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = partOf(event.target);
      if (!form || !form.contains(event.target)) return;
      event.target.closest("[data-field]")?.querySelectorAll(".is-invalid").forEach((one) => one.classList.remove("is-invalid"));
      completing = false;
      tell(form, "");
      schedule(form, kind === "change" && event.target.type === "radio" ? 0 : AFTER);
    });
  }

  document.addEventListener("routebook:saved", (event) => {
    const form = partOf(event.target);
    if (!form) return;
    clearTimeout(timers.get(form));
    if (form.hasAttribute("data-unsaved")) {
      // Typed while the part was on its way: that goes after it.
      schedule(form, completing ? 0 : AFTER);
      return;
    }
    tell(form, "Kept");
    if (completing && !unsaved().length) {
      completing = false;
      document.querySelector("form[data-writes=review-complete]")?.requestSubmit();
    }
  });

  // Nothing is completed before each part is kept.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset?.writes !== "review-complete") return;
    const parts = unsaved();
    if (!parts.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    completing = true;
    const stuck = parts.find(waits);
    if (stuck) {
      completing = false;
      stuck.scrollIntoView({ block: "center" });
      window.routebook.say("One part isn’t kept yet. Please look at it first.");
      return;
    }
    parts.forEach((form) => keep(form));
  }, true);

  // "target-5.due_on" is the field due_on of the part target-5.
  document.addEventListener("routebook:judged", (event) => {
    if (Object.keys(event.detail || {}).length) completing = false;
    if (event.target.dataset?.writes !== "review-complete") return;
    let first = null;
    document.querySelectorAll("[data-place] .field-error").forEach((one) => { one.textContent = ""; });
    for (const [name, wrong] of Object.entries(event.detail || {})) {
      const [place, fieldName] = name.split(".");
      const part = document.querySelector(`[data-place="${CSS.escape(place)}"]`);
      const field = part && part.querySelector(`[data-field="${CSS.escape(fieldName || "choice")}"]`);
      if (!field) continue;
      field.querySelector(".field-error").textContent = wrong;
      const control = field.querySelector("input, select, textarea");
      if (control) {
        control.classList.add("is-invalid");
        control.setAttribute("aria-invalid", "true");
      }
      first = first || control || field;
    }
    // After assets/writing.js has set the focus to what the form itself says.
    if (first) setTimeout(() => { first.focus(); first.scrollIntoView({ block: "center" }); });
  });

  window.addEventListener("online", () => unsaved().forEach((form) => schedule(form, 0)));
  // What was typed before the page was closed comes back from its draft, and is kept as it is found.
  document.addEventListener("routebook:put", (event) => {
    const form = partOf(event.target);
    if (form) schedule(form, AFTER);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=print]")) window.print();
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copies)?.innerText || "";
    navigator.clipboard.writeText(text).then(
      () => window.routebook.say("Copied."),
      () => window.routebook.say("Your browser doesn’t let this page copy. Please select the text and copy it."),
    );
  });
})();
