// Light or dark, before the first paint: what was chosen, else what the system prefers.
(function () {
  "use strict";
  const prefers = window.matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
    document.documentElement.dataset.bsTheme = chosen ? chosen[1] : prefers.matches ? "dark" : "light";
  };
  set();
  prefers.addEventListener("change", set);
})();
