// The form beside a view, and the small forms in dialogs: what assets/writing.js doesn't know of them.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const SHOWN_WITHIN = 3000; // milliseconds

  // --- the target on show -------------------------------------------------------------------------------

  const targetOf = (form) => form?.elements.namedItem("target").value;
  let shown = null; // the target that the form shows
  let place = null; // the form's element: another one is another page
  let openedFrom = null; // where the focus was before the form opened
  let openedIn = null; // the view that it was in

  function follow(root) {
    const heading = root.querySelector("#target-heading");
    const target = heading ? heading.dataset.of : null;
    const before = root === place ? shown : undefined;
    place = root;
    shown = target;
    root.dataset.of = target || "";
    if (target !== before) {
      delete root.dataset.saved;
      delete root.dataset.conflict;
    }
    arrange(root);
    if (before === undefined || before === target) return;
    if (before) leave(before, target);
    if (target) enter(root);
  }

  // A reason is asked for once the date moves.
  function arrange(root) {
    const field = root.querySelector("[data-field=reason]");
    if (!field) return;
    const due = root.querySelector("[name=due_on]");
    const reason = field.querySelector("input");
    const moves = due.defaultValue !== "" && due.value !== due.defaultValue;
    field.hidden = !moves && !reason.value && reason.getAttribute("aria-invalid") !== "true";
  }

  // The focus goes to the form that a selection opened, and back when the form closes.
  function enter(root) {
    const { activeElement } = document;
    if (!root.contains(activeElement)) openedFrom = activeElement === document.body ? null : activeElement;
    openedIn = openedFrom && openedFrom.closest("[data-view]");
    root.tabIndex = -1;
    focusOnceShown(root, Date.now() + SHOWN_WITHIN);
  }

  // What is hidden can't have the focus yet: React shows it a moment after its props are set, and a form that
  // comes with a save's own drawings only with the next answer.
  function focusOnceShown(root, until) {
    setTimeout(() => {
      if (!root.getClientRects().length) {
        if (root.isConnected && Date.now() < until) focusOnceShown(root, until);
        return;
      }
      root.focus({ preventScroll: true });
      const top = root.getBoundingClientRect().top;
      if (top < 0 || top > window.innerHeight * 0.6) root.scrollIntoView({ block: "start" });
    }, 20);
  }

  function leave(before, target) {
    if (window.routebook.writing.isUnsaved(`target:${before}`)) {
      window.routebook.say("What you typed is kept but not saved: open that target again to save it.");
    }
    const { activeElement } = document;
    const hasGoneOn = activeElement !== document.body && !place.contains(activeElement);
    if (target || hasGoneOn) return;
    const backTo = [
      openedFrom && openedFrom.isConnected ? openedFrom : redrawn(before),
      document.querySelector("[data-list-title]"),
      byId("main"),
    ];
    backTo.find((one) => {
      if (one) one.focus({ preventScroll: true });
      return one && document.activeElement === one;
    });
  }

  // A save draws the view anew: what was there before is found by its target.
  function redrawn(target) {
    const within = openedIn && openedIn.isConnected ? openedIn : document;
    const found = within.querySelector(`[data-target="${target}"]`);
    const inside = "a[href], button, [tabindex]";
    return found && (found.matches(inside) ? found : found.querySelector(inside));
  }

  document.addEventListener("routebook:drawn", (event) => {
    const root = event.target.closest("[data-view=target-form]");
    if (root) follow(root);
    for (const inside of event.target.querySelectorAll("[data-view=target-form]")) arrange(inside);
  });

  for (const kind of ["input", "change", "routebook:put", "routebook:judged"]) {
    document.addEventListener(kind, (event) => {
      const root = event.target.closest("[data-view=target-form]");
      if (root) arrange(root);
    });
  }

  // --- the small forms in dialogs -----------------------------------------------------------------------

  let presses = 0;

  // The dialogs come with the first button that opens one.
  async function dialogFor(name) {
    const place = byId("small-forms");
    if (place && !place.childElementCount) await window.routebook.load(place);
    return byId(name);
  }

  async function openDialog(button) {
    const press = (presses += 1);
    const dialog = await dialogFor(button.dataset.opens);
    if (!dialog || press !== presses) return; // one was pressed again meanwhile
    const { plan, whose } = button.dataset;
    const form = window.routebook.writing.about(dialog.querySelector("form"), "plan", plan);
    const words = dialog.querySelector("[data-whose]");
    if (words) words.textContent = whose ? ` · ${whose}` : "";
    dialog.showModal();
    form.querySelector("[data-field] :is(input, select, textarea)").focus();
  }

  // --- clicks and keys ----------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const opener = event.target.closest("[data-opens]");
    if (opener) openDialog(opener);
    else if (action === "close") window.routebook.select({ target: "" });
    else if (action === "close-dialog") event.target.closest("dialog").close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("#target-form")) {
      window.routebook.select({ target: "" });
    }
  });
})();
