// The inline forms. What is typed and not saved is kept in this script's memory, for each target and each
// plan, until it is saved or the tab is closed: a callback, another selection, another page, a lost
// connection and somebody else's save leave it alone.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  // What is hidden can't have the focus yet: React shows it a moment after its props are set.
  const afterDrawing = (act) => setTimeout(act);
  const sameValues = (one, other) => Object.keys(one).every((name) => one[name].trim() === other[name].trim());

  // --- what is wrong, said at its field -----------------------------------------------------------------

  const fieldsOf = (form) => Array.from(form.querySelectorAll("[data-field]"));
  const controlOf = (field) => field.querySelector("input, select, textarea");

  // `errors` maps a field's name, or "" for the form as a whole, to a sentence.
  function judge(form, errors) {
    let firstWrong = null;
    for (const field of fieldsOf(form)) {
      const control = controlOf(field);
      const wrong = errors[field.dataset.field] || "";
      set(control.id, { invalid: Boolean(wrong) });
      set(`${control.id}-error`, { children: wrong });
      control.setAttribute("aria-invalid", String(Boolean(wrong)));
      control.setAttribute("aria-describedby", `${control.id}-error ${control.id}-hint`);
      if (wrong && !firstWrong) firstWrong = control;
    }
    set(`${form.dataset.form}-error`, { children: errors[""] || "" });
    if (firstWrong) afterDrawing(() => firstWrong.focus());
  }

  // --- the target on show -------------------------------------------------------------------------------

  const CONTROLS = {
    status: "target-status",
    due_on: "target-due",
    reason: "target-reason",
    note: "target-note",
  };
  const drafts = new Map(); // target id → {version, values}: typed on top of that version and not saved
  let shown = null; // what the server last said of the target on show
  let openedFrom = null; // where the focus was before the form opened
  let openedIn = null; // the view that it was in
  let place = null; // the form's element: another one is another page

  const storedValues = (said) => ({ ...said.values, reason: "" });
  const fieldsForm = () => byId("target-form-fields");

  function typedValues() {
    const values = {};
    for (const [name, id] of Object.entries(CONTROLS)) values[name] = byId(id).value;
    return values;
  }

  function show(said) {
    const form = byId("target-form");
    const before = form === place ? shown : null;
    place = form;
    shown = said;
    set("target-form", { hidden: !said.target });
    if (said.target) fill(said);
    else set("target-edited", { data: null });
    if (before && before.target && before.target !== said.target) leave(before, said);
    if (before && said.target && before.target !== said.target) enter(form);
    if (said.sentence) window.routebook.say(said.sentence);
    return said.target && String(said.target);
  }

  function fill(said) {
    const draft = drafts.get(said.target);
    if (draft && draft.version === said.follows) {
      draft.version = said.version;
      if (said.saved && draft.values.due_on === said.values.due_on) draft.values.reason = "";
    }
    if (draft && sameValues(storedValues(said), draft.values)) drafts.delete(said.target);
    const values = drafts.has(said.target) ? drafts.get(said.target).values : storedValues(said);
    for (const [name, id] of Object.entries(CONTROLS)) set(id, { value: values[name] });
    set("target-form-planning", { hidden: said.may !== "all" });
    set("target-form-fields", { hidden: said.may === "none" });
    set("target-note-hint", { children: said.readers });
    byId("target-form").toggleAttribute("data-saved", said.saved);
    if (said.saved) byId("target-form").dataset.saved = said.version;
    judge(fieldsForm(), said.errors);
    arrange(values);
  }

  // What follows from what is typed: the reason's field, a conflict, the version that a save is made on.
  function arrange(typed) {
    const draft = drafts.get(shown.target);
    const moves = shown.values.due_on !== "" && typed.due_on !== shown.values.due_on;
    const asked = Boolean(shown.errors.reason) || typed.reason !== "";
    set("target-reason-field", { hidden: !moves && !asked });
    set("target-edited", { data: { target: shown.target, version: (draft || shown).version } });
    set("target-form-unsaved", { children: draft ? "Not saved yet" : shown.saved ? "Saved" : "" });
    setSideBySide(draft && draft.version !== shown.version ? draft.values : null);
  }

  function remember() {
    const typed = typedValues();
    const draft = drafts.get(shown.target);
    if (sameValues(storedValues(shown), typed)) drafts.delete(shown.target);
    else drafts.set(shown.target, { version: (draft || shown).version, values: typed });
    arrange(typed);
  }

  // The focus goes to the form that a selection opened, and back when the form closes.
  function enter(form) {
    openedFrom = document.activeElement;
    openedIn = openedFrom.closest("[data-view]");
    form.tabIndex = -1;
    afterDrawing(() => {
      form.focus({ preventScroll: true });
      const top = form.getBoundingClientRect().top;
      if (top < 0 || top > window.innerHeight * 0.6) form.scrollIntoView({ block: "start" });
    });
  }

  function leave(before, said) {
    if (drafts.has(before.target)) {
      window.routebook.say("What you typed is kept but not saved: open that target again to save it.");
    }
    if (said.target || !openedFrom) return;
    const again = openedFrom.isConnected ? openedFrom : redrawn(before.target);
    if (again) again.focus({ preventScroll: true });
  }

  // A save draws the view anew: what was there before is found by its target.
  function redrawn(target) {
    const within = openedIn && openedIn.isConnected ? openedIn : document;
    const place = within.querySelector(`[data-target="${target}"]`);
    const inside = "a[href], button, [tabindex]";
    return place && (place.matches(inside) ? place : place.querySelector(inside));
  }

  // --- somebody else saved in between -------------------------------------------------------------------

  const DAY = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  });
  const IN_WORDS = {
    status: (value) => {
      const option = Array.from(byId("target-status").options).find((one) => one.value === value);
      return option ? option.text : "";
    },
    due_on: (value) => (value ? DAY.format(new Date(`${value}T00:00:00Z`)).replace(",", "") : "no date"),
    note: (value) => value || "nothing",
  };

  function setSideBySide(mine) {
    const form = byId("target-form");
    const starts = Boolean(mine) && form.dataset.conflict !== "true";
    form.toggleAttribute("data-conflict", Boolean(mine));
    if (mine) form.dataset.conflict = "true";
    set("target-form-conflict", { hidden: !mine });
    if (!mine) return;
    set("target-form-conflict-by", { children: `${shown.by} saved` });
    for (const [name, inWords] of Object.entries(IN_WORDS)) {
      set(`target-form-conflict-${name}`, { hidden: mine[name] === shown.values[name] });
      set(`target-form-conflict-${name}-theirs`, { children: inWords(shown.values[name]) });
      set(`target-form-conflict-${name}-mine`, { children: inWords(mine[name]) });
    }
    if (starts) afterDrawing(() => byId("target-form-conflict-title").focus());
  }

  function keepMine() {
    drafts.get(shown.target).version = shown.version;
    arrange(typedValues());
    byId("target-save").focus();
  }

  function takeTheirs() {
    drafts.delete(shown.target);
    fill({ ...shown, errors: {} });
    byId("target-note").focus();
  }

  // --- the small forms in dialogs -----------------------------------------------------------------------

  const unsent = new Map(); // form and plan → what is typed and not saved
  const defaults = new WeakMap(); // dialog → what its fields held at first

  const keyOf = (dialog, plan) => `${dialog.id} ${plan}`;
  const valuesOf = (dialog) =>
    Object.fromEntries(fieldsOf(dialog).map(controlOf).map((control) => [control.id, control.value]));

  function put(values) {
    for (const [id, value] of Object.entries(values)) set(id, { value });
  }

  function openDialog(button) {
    const dialog = byId(button.dataset.opens);
    if (!dialog) return;
    const { plan, whose } = button.dataset;
    if (!defaults.has(dialog)) defaults.set(dialog, valuesOf(dialog));
    dialog.dataset.plan = plan;
    set(`${dialog.id}-plan`, { data: { plan: Number(plan) } });
    set(`${dialog.id}-whose`, { children: ` · ${whose}` });
    put(unsent.get(keyOf(dialog, plan)) || defaults.get(dialog));
    judge(dialog, {});
    dialog.showModal();
    controlOf(fieldsOf(dialog)[0]).focus();
  }

  function rememberDialog(dialog) {
    const typed = valuesOf(dialog);
    const key = keyOf(dialog, dialog.dataset.plan);
    if (sameValues(defaults.get(dialog), typed)) unsent.delete(key);
    else unsent.set(key, typed);
  }

  // The server's answer: {plan, errors} with errors, or without where it is saved.
  function answer(said, id) {
    const dialog = byId(id);
    if (!said || !dialog) return null;
    sending.delete(dialog);
    window.routebook.say(said.sentence);
    if (Object.keys(said.errors).length) {
      judge(dialog, said.errors);
    } else {
      unsent.delete(keyOf(dialog, said.plan));
      dialog.close();
    }
    return String(Date.now());
  }

  // --- clicks and keys ----------------------------------------------------------------------------------

  const sending = new Set(); // forms whose save is under way: a second click isn't a second target

  // Before Dash hears of the click.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("[data-submits]");
      if (!button) return;
      const form = button.closest("[data-form]");
      const halfTyped = fieldsOf(form).find((field) => controlOf(field).validity.badInput);
      if (halfTyped) {
        judge(form, { [halfTyped.dataset.field]: "Please type the whole date: day, month and year." });
      }
      if (halfTyped || sending.has(form)) event.stopPropagation();
      else sending.add(form);
    },
    true,
  );

  // Answered or not, nothing is under way once the page is ready again.
  new MutationObserver(() => {
    if (document.documentElement.dataset.ready) sending.clear();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-ready"] });

  document.addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const opener = event.target.closest("[data-opens]");
    if (opener) openDialog(opener);
    else if (action === "close") window.routebook.select({ target: "" });
    else if (action === "close-dialog") event.target.closest("dialog").close();
    else if (action === "keep-mine") keepMine();
    else if (action === "take-theirs") takeTheirs();
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-form]");
    if (!form) return;
    sending.delete(form);
    if (form.id === "target-form-fields") remember();
    else rememberDialog(form);
  });

  // Enter in a single line and Ctrl+Enter anywhere save.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-form]");
    const save = form && event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target.localName === "input");
    if (save) {
      event.preventDefault();
      form.querySelector("[data-submits]").click();
    } else if (event.key === "Escape" && event.target.closest("#target-form")) {
      window.routebook.select({ target: "" });
    }
  });

  // A step is drawn as ticked once that is saved.
  document.addEventListener("change", (event) => {
    const box = event.target.closest("#target-form [data-step]");
    if (!box) return;
    const done = box.checked;
    box.checked = !done;
    set("target-step", { data: { target: Number(box.dataset.of), step: Number(box.dataset.step), done, at: Date.now() } });
  });

  window.addEventListener("beforeunload", (event) => {
    if (drafts.size || unsent.size) event.preventDefault();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { forms: { show, answer } });
})();
