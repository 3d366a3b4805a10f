// The forms in drawings: sends them, says what is wrong at its field, and loses nothing that is typed. What
// is typed and not saved lies in this script's memory and, a moment later, in a draft on the server; it is
// put back whenever its form is drawn anew, also in another tab or after signing in again.
(function () {
  "use strict";

  const DRAFT_AFTER = 800;
  const RETRY_AFTER = 5000;
  const LOST = "No connection to Routebook, so this may not be saved. What you typed is still here: please try again in a moment.";
  const UNREADABLE = "Routebook’s answer was lost on its way, so this may be saved or not. What you typed is still here: please load the page again to see, before you try once more.";
  const FAILED = "That didn’t work, so nothing was saved. What you typed is still here: please try again.";

  const typedBy = new Map(); // draft key → {typed, base, basedOn, kept}: typed and not saved, on top of what
  const filledWith = new WeakMap(); // form → its fields as drawn
  const savedAs = new Map(); // draft key → {version, values} as they were last saved
  const sending = new Map(); // draft key of a form that is on its way → its fields as they stand by now
  const drafting = new Map(); // draft key → the draft that is on its way
  const settled = new Set(); // draft keys that were saved or given up since the server was asked for its drafts
  let onServer = null; // promise of the drafts that the server keeps for this page
  let pathOfDrafts = "";
  let timer = null;

  const setProps = (id, props) => {
    if (window.routebook && window.routebook.set) window.routebook.set(id, props);
  };
  const say = (text) => {
    if (window.routebook && window.routebook.say) window.routebook.say(text);
    else document.querySelectorAll("[role=status]").forEach((region) => { region.textContent = text; });
  };
  const token = () => {
    const found = document.cookie.match(/(?:^|; )(?:__Host-)?routebook-csrf=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  };
  const post = (address, body, more) =>
    fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, ...more });
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const sameValues = (one, other) => same((one || []).filter(Boolean), (other || []).filter(Boolean));
  const isAtOnce = (form) => "atOnce" in form.dataset;

  // What became of a form stands on it and on the view that it is in.
  function marks(form, name, value) {
    for (const element of [form, form.closest("[data-view]")]) {
      if (element && value) element.dataset[name] = value;
      else if (element) delete element.dataset[name];
    }
  }

  // --- a form's fields ------------------------------------------------------------------------------------

  const controlsOf = (form) =>
    Array.from(form.elements).filter(
      (one) => one.name && !["hidden", "file", "password", "submit", "button"].includes(one.type),
    );

  function typedIn(form) {
    const values = {};
    for (const control of controlsOf(form)) {
      const list = (values[control.name] = values[control.name] || []);
      if (["checkbox", "radio"].includes(control.type)) {
        if (control.checked) list.push(control.value);
      } else if (control.multiple) {
        for (const option of control.selectedOptions) list.push(option.value);
      } else list.push(control.value);
    }
    return values;
  }

  function put(form, values) {
    const seen = {};
    for (const control of controlsOf(form)) {
      const list = values[control.name];
      if (!list) continue;
      if (["checkbox", "radio"].includes(control.type)) control.checked = list.includes(control.value);
      else if (control.multiple) {
        for (const option of control.options) option.selected = list.includes(option.value);
      } else {
        const at = (seen[control.name] = (seen[control.name] ?? -1) + 1);
        if (at < list.length) control.value = list[at];
      }
      control.dispatchEvent(new CustomEvent("routebook:put", { bubbles: true }));
    }
  }

  const versionOf = (form) => form.elements.namedItem("version");

  // --- what is typed comes back ---------------------------------------------------------------------------

  let names = 0;

  function prepare(form) {
    if (filledWith.has(form)) return;
    filledWith.set(form, typedIn(form));
    for (const field of form.querySelectorAll("[data-field]")) {
      const control = field.querySelector("input, select, textarea");
      const described = [];
      for (const part of field.querySelectorAll(".field-hint, .field-error")) {
        part.id = part.id || `writing-${(names += 1)}`;
        described.push(part.id);
      }
      if (control) control.setAttribute("aria-describedby", described.join(" "));
    }
    renew(form);
    goOn(form);
    const typed = typedBy.get(form.dataset.draft);
    if (typed) restore(form, typed);
  }

  // A tick that is on its way holds, though the answer to another, which doesn't know it yet, draws its form anew.
  function goOn(form) {
    const now = sending.get(form.dataset.draft);
    if (!now) return;
    form.setAttribute("aria-busy", "true");
    if (isAtOnce(form)) put(form, now);
  }

  // A redraw may have been read before the form was saved.
  function renew(form) {
    const saved = savedAs.get(form.dataset.draft);
    if (!saved || !(Number(versionOf(form).value) < saved.version)) return;
    put(form, saved.values);
    versionOf(form).value = saved.version;
    filledWith.set(form, typedIn(form));
  }

  function restore(form, typed) {
    put(form, typed.typed);
    const version = versionOf(form);
    const drawn = filledWith.get(form);
    // A draft of the server's doesn't tell what it was typed on; the form that it was typed on does.
    if (version && !typed.base && String(typed.basedOn) === version.value) typed.base = drawn;
    if (version && typed.basedOn && String(typed.basedOn) !== version.value) {
      if (typed.base && same(typed.base, drawn)) {
        typed.basedOn = version.value;
        typed.kept = false;
        schedule(DRAFT_AFTER);
      } else {
        setSideBySide(form, { theirs: drawn, version: version.value, by: form.dataset.by || "Somebody else" });
      }
    }
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const dialog = form.closest("dialog");
    if (dialog && !dialog.open && typed.fromServer) dialog.dataset.hasDraft = "true";
    showUnsaved(form, true);
  }

  function showUnsaved(form, unsaved) {
    const part = form.querySelector(".unsaved");
    if (part) part.hidden = !unsaved;
    form.toggleAttribute("data-unsaved", unsaved);
  }

  function readDrafts() {
    if (onServer && pathOfDrafts === window.location.pathname) return;
    pathOfDrafts = window.location.pathname;
    settled.clear();
    onServer = fetch("/drafts", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .catch(() => ({}))
      .then((drafts) => {
        for (const [key, draft] of Object.entries(drafts)) {
          if (typedBy.has(key) || settled.has(key)) continue;
          typedBy.set(key, { typed: draft.typed, basedOn: draft.based_on, kept: true, fromServer: true });
        }
        for (const form of document.querySelectorAll("form[data-writes]")) {
          const typed = typedBy.get(form.dataset.draft);
          if (typed && typed.fromServer && same(typedIn(form), filledWith.get(form))) restore(form, typed);
        }
      });
  }

  function remember(form) {
    const key = form.dataset.draft;
    const typed = typedIn(form);
    const version = versionOf(form);
    if (same(typed, filledWith.get(form))) forget(form);
    else {
      typedBy.set(key, { typed, base: filledWith.get(form), basedOn: version ? version.value : null, kept: false });
      marks(form, "saved", "");
      showUnsaved(form, true);
      schedule(DRAFT_AFTER);
    }
  }

  function forget(form) {
    const key = form.dataset.draft;
    const had = typedBy.get(key);
    typedBy.delete(key);
    settled.add(key);
    showUnsaved(form, false);
    if (had) keepDraft(key, new URLSearchParams({ _draft: key })).then(() => schedule(DRAFT_AFTER), () => {});
  }

  // --- drafts on the server -------------------------------------------------------------------------------

  function schedule(after) {
    clearTimeout(timer);
    timer = setTimeout(() => keepAll(), after);
  }

  // One draft of a form after the other: one that came late would take a later one's place.
  function keepDraft(key, body) {
    const kept = (drafting.get(key) || Promise.resolve()).then(() => post("/drafts", body));
    const done = kept.catch(() => {}).then(() => { if (drafting.get(key) === done) drafting.delete(key); });
    drafting.set(key, done);
    return kept;
  }

  // A draft that arrived after its form was saved would stay, and be put back over it. A page that is left
  // waits for nothing: nobody would hear whether the form was saved.
  function keepAll(leaving) {
    for (const [key, entry] of typedBy) {
      if (entry.kept || (!leaving && (sending.has(key) || drafting.has(key)))) continue;
      entry.kept = true;
      const body = new URLSearchParams({ _draft: key });
      if (entry.basedOn) body.append("version", entry.basedOn);
      for (const [name, values] of Object.entries(entry.typed)) {
        for (const value of values) body.append(name, value);
      }
      const sent = leaving ? post("/drafts", body, { keepalive: true }) : keepDraft(key, body);
      sent
        .then((answer) => {
          if (answer.status === 401) {
            entry.kept = false; // kept with what is typed next, or on coming back to this page
            if (!signingIn) signedOut(answer);
            return;
          }
          if (!answer.ok && answer.status !== 422) throw new Error("not kept");
          signedIn();
          schedule(DRAFT_AFTER); // what was typed meanwhile
        })
        .catch(() => {
          entry.kept = false;
          schedule(RETRY_AFTER);
        });
    }
  }

  // Who has gone to sign in isn't told once more by a draft that is refused meanwhile.
  let signingIn = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=sign-in-again]")) signingIn = true;
  });

  function signedIn() {
    signingIn = false;
    const notice = document.getElementById("signed-out-notice");
    if (notice && notice.childNodes.length) setProps("signed-out-notice", { children: [] });
  }

  async function signedOut(answer) {
    const told = await answer.json().catch(() => ({}));
    if (told.notice) setProps("signed-out-notice", { children: told.notice });
    else say(told.sentence || FAILED);
  }

  // --- sending --------------------------------------------------------------------------------------------

  function bodyOf(form) {
    const body = new FormData(form);
    body.append("_draft", form.dataset.draft);
    return form.enctype === "multipart/form-data" ? body : new URLSearchParams(body);
  }

  async function send(form) {
    const halfTyped = controlsOf(form).find((control) => control.validity.badInput);
    if (halfTyped) {
      const whole = halfTyped.type === "date" ? "Please type the whole date: day, month and year." : "Please write a number.";
      return judge(form, { [halfTyped.name]: whole });
    }
    const key = form.dataset.draft;
    const isOnItsWay = sending.has(key);
    sending.set(key, typedIn(form));
    if (isOnItsWay) return null;
    form.setAttribute("aria-busy", "true");
    tellWithin(form, "");
    await drafting.get(key);
    const sent = typedIn(form);
    const page = window.location.pathname;
    let answer, told;
    try {
      answer = await post(form.getAttribute("action"), bodyOf(form));
      told = await answer.clone().json().catch(() => ({}));
      // Cut off on its way, or from somebody else on the way.
      if (answer.ok && !told.saved) throw new Error("unreadable");
    } catch {
      const sentence = answer ? UNREADABLE : LOST;
      undo(inPlace(form, key));
      tellWithin(inPlace(form, key), sentence);
      return say(sentence);
    } finally {
      sending.delete(key);
      inPlace(form, key).removeAttribute("aria-busy");
      schedule(DRAFT_AFTER); // what waited for the answer
    }
    return heed(inPlace(form, key), answer, told, sent, page);
  }

  // A redraw may have put another element in the form's place meanwhile.
  const inPlace = (form, key) =>
    form.isConnected ? form : document.querySelector(`form[data-draft="${CSS.escape(key)}"]`) || form;

  function heed(form, answer, told, sent, page) {
    if (answer.ok) return saved(form, told, sent, page);
    undo(form);
    if (answer.status !== 409 && !told.errors) tellWithin(form, told.sentence || FAILED);
    if (answer.status === 401) return signedOut(answer);
    if (answer.status === 409) {
      const base = typedBy.get(form.dataset.draft)?.base;
      const isMine = ([name, values]) => !(name in base) || sameValues(values, base[name]);
      const untouched = base && Object.entries(told.theirs).every(isMine);
      if (!untouched) return setSideBySide(form, told);
      versionOf(form).value = told.version; // what else was saved isn't on this form
      return send(form);
    }
    if (told.errors) judge(form, told.errors);
    return say(told.sentence || FAILED);
  }

  // An open dialog leaves nothing else on the page to be heard or reached.
  function tellWithin(form, text) {
    const place = form.closest("dialog[open]") && form.querySelector(".form-error");
    if (place) place.textContent = text;
  }

  // What is sent by a tick is drawn as ticked once it is saved.
  function undo(form) {
    if (isAtOnce(form)) put(form, filledWith.get(form));
  }

  // A save's own drawings are of its target: by now another may be chosen, or a newer answer drawn.
  const drawnAs = new Map(); // target → its version

  function isAwaited({ target, version }) {
    const chosen = new URLSearchParams(window.location.search).get("target");
    if (chosen !== String(target) || drawnAs.get(target) > version) return false;
    drawnAs.set(target, version);
    return true;
  }

  // What was typed while the form was on its way isn't saved yet.
  function saved(form, told, sent, page) {
    signedIn();
    typedBy.delete(form.dataset.draft);
    settled.add(form.dataset.draft);
    judge(form, {});
    const version = versionOf(form);
    if (version && told.saved.version) version.value = told.saved.version;
    const typedSince = !same(typedIn(form), sent);
    const adds = form.dataset.after === "reset";
    if (adds && !typedSince) form.reset();
    if (!typedSince) filledWith.set(form, typedIn(form));
    else if (!adds) filledWith.set(form, sent);
    showUnsaved(form, false);
    if (typedSince && !isAtOnce(form)) remember(form);
    marks(form, "saved", String(told.saved.version || "true"));
    const keepsItself = form.closest("[data-keeps-itself]");
    if (version && !adds) savedAs.set(form.dataset.draft, { version: told.saved.version, values: sent });
    const dialog = form.closest("dialog");
    if (dialog && dialog.open && !typedSince) dialog.close();
    form.dispatchEvent(new CustomEvent("routebook:saved", { bubbles: true, detail: told.saved }));
    say(told.sentence);
    if (window.location.pathname !== page) return; // on another page by now, which shows none of it
    if (told.saved.go) {
      window.location.assign(told.saved.go);
      return;
    }
    const drawings = Object.entries(told.drawings || {});
    if (drawings.length && isAwaited(told.saved)) {
      for (const [name, data] of drawings) setProps({ type: "drawing", name }, { "data-html": data });
    }
    // A part that keeps itself leaves the page as it is being typed on; a redraw that is under way goes on.
    if (typedSince && isAtOnce(form)) send(form); // ticked once more while the first tick was on its way
    else if (!keepsItself) setProps("saved", { data: { ...told.saved, at: Date.now() } });
  }

  // `errors` maps a field's name, or "" for the form as a whole, to a sentence.
  function judge(form, errors) {
    let firstWrong = null;
    for (const field of form.querySelectorAll("[data-field]")) {
      const wrong = errors[field.dataset.field] || "";
      const control = field.querySelector("input, select, textarea");
      field.querySelector(".field-error").textContent = wrong;
      if (!control) continue;
      control.classList.toggle("is-invalid", Boolean(wrong));
      control.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (wrong && !firstWrong) firstWrong = control;
    }
    const known = new Set(Array.from(form.querySelectorAll("[data-field]"), (field) => field.dataset.field));
    const whole = form.querySelector(".form-error");
    form.dispatchEvent(new CustomEvent("routebook:judged", { bubbles: true, detail: errors }));
    if (!whole) return;
    whole.textContent = Object.entries(errors).filter(([name]) => !known.has(name)).map(([, wrong]) => wrong).join(" ");
    if (firstWrong) firstWrong.focus();
    else if (whole.textContent) whole.focus();
  }

  // --- somebody else saved in between ---------------------------------------------------------------------

  function inWords(form, name, values) {
    const control = controlsOf(form).find((one) => one.name === name);
    const shown = values.map((value) => {
      if (control && control.localName === "select") {
        const option = Array.from(control.options).find((one) => one.value === value);
        return option ? option.text : value;
      }
      if (control && control.type === "checkbox") return value ? "yes" : "no";
      if (control && control.type === "date" && value) {
        return new Date(`${value}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
      }
      return value;
    });
    return shown.filter(Boolean).join(", ") || "nothing";
  }

  function setSideBySide(form, told) {
    const mine = typedIn(form);
    const differing = Object.keys(told.theirs).filter((name) => mine[name] && !sameValues(mine[name], told.theirs[name]));
    if (!differing.length) return takeTheirs(form, told);
    form.querySelector(".conflict")?.remove();
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Somebody else saved in between");
    const title = box.appendChild(document.createElement("h3"));
    title.textContent = "Somebody else saved in between";
    title.tabIndex = -1;
    box.appendChild(document.createElement("p")).textContent = "Nothing is overwritten and nothing typed is lost. Which shall it be?";
    const table = box.appendChild(document.createElement("table"));
    const head = table.createTHead().insertRow();
    for (const words of ["", `${told.by} saved`, "You typed"]) {
      const cell = head.appendChild(document.createElement(words ? "th" : "td"));
      cell.textContent = words;
    }
    for (const name of differing) {
      const row = (table.tBodies[0] || table.createTBody()).insertRow();
      const label = form.querySelector(`[data-field="${name}"] label > span`);
      const cell = row.appendChild(document.createElement("th"));
      cell.scope = "row";
      cell.textContent = label ? label.textContent : name;
      row.insertCell().textContent = inWords(form, name, told.theirs[name]);
      row.insertCell().textContent = inWords(form, name, mine[name]);
    }
    const buttons = box.appendChild(document.createElement("div"));
    buttons.className = "saving";
    for (const [words, act] of [["Keep what I typed", keepMine], ["Take theirs", takeTheirs]]) {
      const button = buttons.appendChild(document.createElement("button"));
      button.type = "button";
      button.className = "button";
      button.textContent = words;
      button.addEventListener("click", () => act(form, told));
    }
    form.prepend(box);
    marks(form, "conflict", "true");
    setTimeout(() => title.focus());
    if (told.sentence) say(told.sentence);
    return null;
  }

  // An empty field of theirs has no value in the server's answer, and one here.
  const filled = (values) => (values.length ? values : [""]);

  function settle(form, told) {
    const version = versionOf(form);
    if (version) version.value = told.version;
    const box = form.querySelector(".conflict");
    marks(form, "conflict", "");
    if (!box) return; // settled unasked: whoever types elsewhere goes on there
    box.remove();
    form.querySelector("[type=submit]").focus();
  }

  // Theirs holds where I typed nothing: keeping mine takes nothing of theirs away.
  function keepMine(form, told) {
    settle(form, told);
    const [mine, entry] = [typedIn(form), typedBy.get(form.dataset.draft)];
    const base = (entry && entry.base) || filledWith.get(form);
    const untouched = Object.keys(told.theirs).filter((name) => sameValues(mine[name], base[name]));
    put(form, Object.fromEntries(untouched.map((name) => [name, filled(told.theirs[name])])));
    filledWith.set(form, { ...filledWith.get(form), ...told.theirs });
    remember(form);
  }

  function takeTheirs(form, told) {
    settle(form, told);
    put(form, Object.fromEntries(Object.entries(told.theirs).map(([name, values]) => [name, filled(values)])));
    filledWith.set(form, typedIn(form));
    forget(form);
  }

  // --- events ---------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-writes]");
    if (!form) return;
    event.preventDefault();
    send(form);
  });

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest("form[data-writes]");
      if (!form || event.target.type === "file") return;
      prepare(form);
      if (!isAtOnce(form)) remember(form);
      else if (kind === "change") form.requestSubmit();
    });
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-writes]");
    if (!form || event.key !== "Enter") return;
    const sends = event.ctrlKey || event.metaKey;
    if (!sends && (!event.repeat || event.target.localName === "textarea")) return;
    event.preventDefault(); // held down, Enter would send the next, empty form too
    if (!event.repeat) form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    const discard = event.target.closest("[data-action=discard-draft]");
    if (!discard) return;
    const form = discard.closest("form[data-writes]");
    put(form, filledWith.get(form));
    judge(form, {});
    forget(form);
    form.querySelector("[type=submit]")?.focus(); // the button itself is gone
  });

  // A form in a dialog is about one thing after another: another element for each, as what was sent about the
  // one before may still be on its way.
  function about(before, name, value) {
    const form = before.cloneNode(true);
    form.dataset.draft = form.dataset.key = `${form.dataset.writes}:${value}`;
    form.elements.namedItem(name).value = value;
    form.removeAttribute("aria-busy");
    form.querySelector(".conflict")?.remove();
    before.replaceWith(form);
    form.reset();
    judge(form, {});
    showUnsaved(form, false);
    prepare(form);
    return form;
  }

  window.routebook = window.routebook || {};
  window.routebook.writing = { about, isUnsaved: (key) => typedBy.has(key) };

  // Before a redraw can take a form away the script knows what is typed in it; after one it puts it back.
  new MutationObserver(() => {
    const forms = document.querySelectorAll("form[data-writes]");
    if (!forms.length) return;
    forms.forEach(prepare);
    readDrafts();
  }).observe(document.documentElement, { childList: true, subtree: true });

  for (const back of ["online", "focus"]) window.addEventListener(back, () => keepAll());
  window.addEventListener("pagehide", () => keepAll(true));
  window.addEventListener("beforeunload", (event) => {
    if (Array.from(typedBy.values()).some((entry) => !entry.kept)) event.preventDefault();
  });
})();
