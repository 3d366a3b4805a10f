// `/` sends on to a person's own page, which takes its place in the browser's history.
(function () {
  "use strict";

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    home: {
      go: function (address) {
        window.location.replace(address);
        return address;
      },
    },
  });
})();
