// What every page needs of the browser: the selection in the address, a lost connection said, light and
// dark, Ctrl K, and the mark that a page is ready.
(function () {
  "use strict";

  const routebook = (window.routebook = window.routebook || {});

  // Dash writes a dict id into the DOM as JSON with its keys in order.
  routebook.domId = function (id) {
    return typeof id === "string" ? id : JSON.stringify(id, Object.keys(id).sort());
  };

  // Dash throws for an id that isn't on its page, or no longer, when an answer comes; for a dict id of a kind
  // that the page has none of, it would even take the whole page for it.
  function isOnPage(id) {
    try {
      return routebook.domId(window.dash_component_api.getLayout(id).props.id) === routebook.domId(id);
    } catch {
      return false;
    }
  }

  routebook.set = function (id, props) {
    if (isOnPage(id)) window.dash_clientside.set_props(id, props);
  };

  // --- the selection lives in the address ---------------------------------------------------------------

  function parameters() {
    return Object.fromEntries(new URLSearchParams(window.location.search));
  }

  function tell(selection) {
    routebook.set("selection", { data: selection });
    routebook.mark();
  }

  // Merge into the address; an empty value takes a parameter away. Told even where nothing changes.
  routebook.select = function (changes, options) {
    const selection = parameters();
    for (const [name, value] of Object.entries(changes)) {
      if (value === "" || value === null || value === undefined) delete selection[name];
      else selection[name] = String(value);
    }
    const search = new URLSearchParams(selection).toString();
    const address = window.location.pathname + (search ? `?${search}` : "");
    if (address !== window.location.pathname + window.location.search) {
      go(address, options && options.replace);
    }
    tell(selection);
  };

  // Which drawing of a page an address belongs to: from one selection of it back to another, the page follows
  // as it did ahead, and Dash needn't draw it anew.
  let drawing = window.history.state && window.history.state.drawing;
  let path = window.location.pathname;

  function go(address, replace) {
    if (!drawing) {
      drawing = Date.now();
      window.history.replaceState({ drawing }, "");
    }
    window.history[replace ? "replaceState" : "pushState"]({ drawing }, "", address);
  }

  window.addEventListener("popstate", (event) => {
    const left = drawing;
    drawing = event.state && event.state.drawing;
    if (left && left === drawing) event.stopImmediatePropagation();
    if (window.location.pathname === path) tell(parameters());
    path = window.location.pathname;
  });
  // Dash's links say so when they lead to another page.
  window.addEventListener("_dashprivate_pushstate", () => {
    drawing = null;
    path = window.location.pathname;
  });

  // --- links within the app -----------------------------------------------------------------------------

  // A link of a drawing or a grid's cell opens a page as dcc.Link does, without loading everything anew. What
  // isn't one of Dash's pages (print, files, sign-out) is left to the browser.
  const PAGES = new RegExp(`^(?:${document.querySelector("meta[name=pages]").content})/?$`);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.hash) return;
    if (link.origin !== window.location.origin || !PAGES.test(link.pathname)) return;
    event.preventDefault();
    window.history.pushState(null, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
    delete document.documentElement.dataset.ready;
    settle();
  });

  // The browser's own jump would be another address, for which Dash draws the whole page anew.
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".skip-link")) return;
    event.preventDefault();
    const main = document.getElementById("main");
    main.focus({ preventScroll: true });
    main.scrollIntoView();
  });

  // A file holds what its page shows: its link takes the page's parameters along.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("[data-with-selection] a[href]");
      if (link) link.search = window.location.search;
    },
    true,
  );

  // --- requests: ready, and a lost connection -----------------------------------------------------------

  let open = 0;
  let settling = null;
  let pageShown = null;
  const plainFetch = window.fetch;

  // AG Grid draws its cells a moment after Dash has put it on the page.
  function gridsAreDrawn() {
    return Array.from(document.querySelectorAll(".grid-frame")).every((frame) =>
      frame.querySelector(".ag-center-cols-container .ag-cell, [class*=ag-overlay-no]"),
    );
  }

  // Another page takes the link away that led to it: the focus goes to the page, as after a load.
  function arrive(main) {
    if (pageShown !== null && pageShown !== path && document.activeElement === document.body) {
      main.focus({ preventScroll: true });
    }
    pageShown = path;
  }

  function settle() {
    clearTimeout(settling);
    settling = setTimeout(() => {
      const main = document.getElementById("main");
      if (open === 0 && main && gridsAreDrawn()) {
        document.documentElement.dataset.ready = "true";
        if (main.dataset.title) document.title = `${main.dataset.title} · Routebook`;
        path = window.location.pathname;
        arrive(main);
      }
    }, 60);
  }

  const AGAIN_MILLISECONDS = 3000;
  const LOST =
    "No connection to Routebook. What you typed is still here; what you asked for is shown as soon as it is back.";

  const REFUSED =
    "That didn't work, so this page may not show what you asked for. What you typed is still here: copy it, reload the page and try again.";

  // Dash's callbacks only read: without a connection each goes on asking, until another asks for the same parts.
  // Were it given up, a link would leave its address over the page before, and do nothing when chosen again.
  const newest = new Map(); // what a callback draws → the newest request for it

  async function ask(resource, options, output) {
    try {
      const response = await plainFetch.call(window, resource, options);
      found();
      if (!response.ok) say(REFUSED);
      return response;
    } catch (error) {
      lost();
      await new Promise((later) => setTimeout(later, AGAIN_MILLISECONDS));
      if (newest.get(output) !== options) throw error;
      return ask(resource, options, output);
    }
  }

  function lost() {
    const root = document.documentElement;
    if (root.dataset.connection !== "lost" || isSilent()) say(LOST, { stays: true });
    root.dataset.connection = "lost";
  }

  function found() {
    if (document.documentElement.dataset.connection !== "lost") return;
    delete document.documentElement.dataset.connection;
    say("Connected again.");
  }

  // Dash draws once it has read the whole of an answer.
  const wholeOf = (response) => response.clone().arrayBuffer();

  window.fetch = function (resource, options) {
    const address = typeof resource === "string" ? resource : resource.url;
    if (!address.includes("_dash-update-component")) return plainFetch.call(window, resource, options);
    open += 1;
    delete document.documentElement.dataset.ready;
    const { output } = JSON.parse(options.body);
    newest.set(output, options);
    const answer = ask(resource, options, output);
    answer
      .then(wholeOf)
      .catch(() => {})
      .finally(() => {
        open -= 1;
        settle();
      });
    return answer;
  };

  // The same sentence twice is said twice; what is said goes away again, unless it stays so.
  const SAID_MILLISECONDS = 12000;
  let saying = null;

  const isSilent = () => !document.getElementById("status")?.textContent;

  function say(text, { stays } = {}) {
    const put = (children) => routebook.set("status", { children });
    clearTimeout(saying);
    put("");
    saying = setTimeout(() => {
      put(text);
      if (!stays) saying = setTimeout(() => put(""), SAID_MILLISECONDS);
    }, 50);
  }
  routebook.say = say;

  // Drawings, grids and clientside callbacks go on changing the page for a moment after the last answer.
  new MutationObserver(() => {
    if (open === 0 && !document.documentElement.dataset.ready) settle();
    if (entered) openFirst(entered);
  }).observe(document.documentElement, { childList: true, subtree: true });

  // --- light and dark ------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-action=theme]")) return;
    const root = document.documentElement;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  });

  // --- signed out --------------------------------------------------------------------------------------

  // The notice has done its work once somebody follows its link; the next save says whether it was enough.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-action=sign-in-again]")) return;
    routebook.set("signed-out-notice", { children: [] });
  });

  // --- find a learner ------------------------------------------------------------------------------------

  let entered = null; // the search box's Enter, until what it asked for is found

  // What is listed may still be what was found for the beginning of a name.
  function openFirst(search) {
    const found = search.closest(".search").querySelector("[data-found-for]");
    entered = found && found.dataset.foundFor === search.value ? null : search;
    const first = !entered && found.querySelector("a");
    if (first) first.click();
  }

  for (const kind of ["input", "focusout"]) {
    document.addEventListener(kind, () => { entered = null; });
  }

  const FIND_AFTER = 250;
  let finding = null;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "find-learner") return;
    clearTimeout(finding);
    finding = setTimeout(() => routebook.set("learner-search", { data: event.target.value }), FIND_AFTER);
  });

  // Who was looked for is found: the box is empty for the next.
  document.addEventListener("click", (event) => {
    if (event.target.closest(".found a")) document.getElementById("find-learner").value = "";
  });

  let cameFrom = null; // what had the focus as Ctrl K was pressed
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".search")) cameFrom = null;
  });

  // Without the focus in it, the box shows no list.
  function leaveSearch() {
    const place = cameFrom && cameFrom.isConnected && cameFrom !== document.body ? cameFrom : document.getElementById("main");
    place.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("find-learner");
    if (!search) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!document.activeElement.closest(".search")) cameFrom = document.activeElement;
      search.focus();
      search.select();
      return;
    }
    const box = search.closest(".search");
    if (!box.contains(document.activeElement)) return;
    const links = Array.from(box.querySelectorAll(".found a"));
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && links[at + 1]) {
      event.preventDefault();
      links[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (links[at - 1] || search).focus();
    } else if (event.key === "Enter" && document.activeElement === search) {
      event.preventDefault();
      openFirst(search);
    } else if (event.key === "Escape") {
      leaveSearch();
    }
  });
})();
