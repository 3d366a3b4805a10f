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
      const quietly = options && options.replace;
      window.history[quietly ? "replaceState" : "pushState"](null, "", address);
    }
    tell(selection);
  };

  let path = window.location.pathname;
  window.addEventListener("popstate", () => {
    if (window.location.pathname === path) tell(parameters());
    path = window.location.pathname;
  });
  // Dash's links say so when they lead to another page.
  window.addEventListener("_dashprivate_pushstate", () => {
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
  const plainFetch = window.fetch;

  // AG Grid draws its cells a moment after Dash has put it on the page.
  function gridsAreDrawn() {
    return Array.from(document.querySelectorAll(".grid-frame")).every((frame) =>
      frame.querySelector(".ag-center-cols-container .ag-cell, [class*=ag-overlay-no]"),
    );
  }

  function settle() {
    clearTimeout(settling);
    settling = setTimeout(() => {
      const main = document.getElementById("main");
      if (open === 0 && main && gridsAreDrawn()) {
        document.documentElement.dataset.ready = "true";
        if (main.dataset.title) document.title = `${main.dataset.title} · Routebook`;
        path = window.location.pathname;
      }
    }, 60);
  }

  const LOST =
    "No connection to Routebook, so nothing was saved. What you typed is still here: please try again in a moment.";

  const REFUSED =
    "That didn't work, so nothing was saved. What you typed is still here: copy it, reload the page and try again.";

  window.fetch = function (resource, options) {
    const address = typeof resource === "string" ? resource : resource.url;
    if (!address.includes("_dash-update-component")) return plainFetch.call(window, resource, options);
    open += 1;
    delete document.documentElement.dataset.ready;
    return plainFetch
      .call(window, resource, options)
      .then(
        (response) => {
          if (document.documentElement.dataset.connection === "lost") {
            delete document.documentElement.dataset.connection;
            say("Connected again.");
          }
          if (!response.ok) say(REFUSED);
          return response;
        },
        (error) => {
          document.documentElement.dataset.connection = "lost";
          say(LOST);
          throw error;
        },
      )
      .finally(() => {
        open -= 1;
        settle();
      });
  };

  // The same sentence twice is said twice; what is said goes away again.
  const SAID_MILLISECONDS = 12000;
  let saying = null;

  function say(text) {
    const put = (children) => routebook.set("status", { children });
    clearTimeout(saying);
    put("");
    saying = setTimeout(() => {
      put(text);
      saying = setTimeout(() => put(""), SAID_MILLISECONDS);
    }, 50);
  }
  routebook.say = say;

  // Drawings, grids and clientside callbacks go on changing the page for a moment after the last answer.
  new MutationObserver(() => {
    if (open === 0 && !document.documentElement.dataset.ready) settle();
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

  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("learner-search");
    if (!search) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
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
    } else if (event.key === "Enter" && document.activeElement === search && links[0]) {
      event.preventDefault();
      links[0].click();
    } else if (event.key === "Escape") {
      search.blur();
    }
  });
})();
