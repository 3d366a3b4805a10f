// The grid's library is the largest of all scripts, and only a cohort's page has a grid. A page that begins
// without one reads it as somebody makes for a cohort, at the latest when a grid is drawn.
(function () {
  "use strict";

  if (window.dash_ag_grid) return;
  const AGAIN_MILLISECONDS = 3000;
  const FAILED = "The grid isn't here yet: no connection to Routebook. It is asked for again every few seconds.";
  const HERE = "Connected again: the grid is here.";
  const { createElement, lazy, Suspense } = window.React;
  const address = document.querySelector("meta[name=grid-library]").content;

  function ask(answer, again) {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => {
      const read = window.dash_ag_grid;
      // The same component before and after: for another, React would make the grid anew.
      window.dash_ag_grid = { ...read, AgGrid };
      answer(read);
      if (again) window.routebook.say(HERE);
    };
    script.onerror = () => {
      script.remove();
      if (!again) window.routebook.say(FAILED, { stays: true });
      setTimeout(ask, AGAIN_MILLISECONDS, answer, true);
    };
    document.head.append(script);
  }

  let reading = null;
  const library = () => (reading = reading || new Promise((answer) => ask(answer)));

  const Grid = lazy(() => library().then((read) => ({ default: read.AgGrid })));
  const AgGrid = (props) => createElement(Suspense, { fallback: null }, createElement(Grid, props));
  // As the library's own says to Dash.
  AgGrid.dashRenderType = true;
  window.dash_ag_grid = { AgGrid, getApiAsync: (id) => library().then((read) => read.getApiAsync(id)) };

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.closest("a[href^='/cohort/']")) library();
    });
  }
})();
