// Light or dark, before the first paint: what was chosen, else what the system prefers.
(function () {
  "use strict";
  const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
  const prefers = window.matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    document.documentElement.dataset.bsTheme = chosen ? chosen[1] : prefers.matches ? "dark" : "light";
  };
  set();
  if (!chosen) prefers.addEventListener("change", set);
})();
