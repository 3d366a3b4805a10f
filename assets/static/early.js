// Asks, while Dash's scripts are still being read, for what Dash will ask first: its layout, its callbacks, and
// the callback that draws the page. Each answer is handed over once, to a request that is the same; for any
// other, or where something failed, Dash's own request goes out.
(function () {
  "use strict";
  const first = JSON.parse(document.querySelector("meta[name=first-callback]").content);
  const inputs = first.inputs.map((input) => ({ ...input, value: window.location[input.property] }));
  const changed = inputs.map(({ id, property }) => `${id}.${property}`);
  const cookie = /(?:^|; )(?:__Host-)?routebook-csrf=([^;]+)/.exec(document.cookie);
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-CSRFToken": cookie ? decodeURIComponent(cookie[1]) : "",
  };
  const plainFetch = window.fetch;
  const answers = new Map();
  const ask = (address, options) =>
    answers.set(address, plainFetch.call(window, address, { headers, ...options }).catch(() => null));

  ask("/_dash-layout");
  ask("/_dash-dependencies");
  ask("/_dash-update-component", {
    method: "POST",
    body: JSON.stringify({ ...first, inputs, changedPropIds: changed, parsedChangedPropsIds: changed }),
  });

  function isSame(body) {
    if (!body) return true;
    const asked = JSON.parse(body);
    return asked.output === first.output && JSON.stringify(asked.inputs) === JSON.stringify(inputs);
  }

  window.fetch = function (resource, options) {
    const address = typeof resource === "string" ? resource.split("?")[0] : "";
    const answer = answers.get(address);
    const own = () => plainFetch.call(window, resource, options);
    if (!answer) return own();
    answers.delete(address);
    if (!isSame(options && options.body)) return own();
    return answer.then((response) => response || own());
  };
})();
