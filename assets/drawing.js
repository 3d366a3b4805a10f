// Sets drawings into their mounts and turns clicks and keys on them into the page's selection.
(function () {
  "use strict";

  // The only place that sets HTML: the output of our autoescaped templates, never anything else.
  function draw(mount, html) {
    const active = mount.contains(document.activeElement) ? document.activeElement : null;
    const focused = active && keyOf(active);
    const caret = active && typeof active.selectionStart === "number" && [active.selectionStart, active.selectionEnd];
    const scrolled = Array.from(mount.querySelectorAll(".scrolls"), (element) => element.scrollLeft);
    const stay = new Set(Array.from(mount.querySelectorAll("details[data-stays][open]"), (one) => one.dataset.stays));
    mount.innerHTML = html;
    mount.querySelectorAll("details[data-stays]").forEach((one) => {
      one.open = one.open || stay.has(one.dataset.stays);
      if (one.open) loadWithin(one);
    });
    mount.querySelectorAll("table[data-list]").forEach(nameCells);
    mount.querySelectorAll("table[data-arrows]").forEach(prepareArrows);
    scrollSoon(mount, scrolled);
    mark(mount);
    mount.dispatchEvent(new CustomEvent("routebook:drawn", { bubbles: true }));
    const again = focused && mount.querySelector(focused);
    if (again) refocus(again, caret);
  }

  // A field that is hidden now, or in a fold that is shut, can't have the focus; what is typed in one that can
  // is put back a moment from now, and the caret goes where it was in it.
  function refocus(element, caret) {
    const shut = element.closest("details:not([open])");
    const wanted = shut ? shut.querySelector("summary") : element;
    wanted.focus({ preventScroll: true });
    if (document.activeElement !== wanted) element.closest("form")?.querySelector("[type=submit]")?.focus({ preventScroll: true });
    else if (caret && wanted === element) queueMicrotask(() => element.setSelectionRange(...caret));
  }

  // How far things are scrolled is set for all drawings at once, right before they are painted: a look at any
  // width in between would have the browser lay out the whole page for each drawing.
  const toScroll = new Map(); // drawing → how far its parts were scrolled before it was drawn anew

  function scrollSoon(mount, scrolled) {
    if (!toScroll.size) requestAnimationFrame(scrollAll);
    if (!toScroll.has(mount)) toScroll.set(mount, scrolled);
  }

  const GLIMPSE = 20; // pixels of what stands before the place that is scrolled to: there is more
  // Where a part begins that is wider than the screen: at its end, at a column of its table beside the names, or
  // at its beginning.
  function startOf(element) {
    if ("scrollEnd" in element.dataset) return element.scrollWidth;
    const column = element.querySelector("[data-scroll-to]");
    return column ? column.offsetLeft - column.parentElement.firstElementChild.offsetWidth - GLIMPSE : 0;
  }

  function scrollAll() {
    const places = [];
    for (const [mount, scrolled] of toScroll) {
      mount.querySelectorAll(".scrolls").forEach((element, index) => {
        places.push([element, scrolled[index] ?? startOf(element)]);
      });
    }
    toScroll.clear();
    for (const [element, left] of places) if (left > 0) element.scrollLeft = left;
  }

  // A place with an address in `data-load` is filled as it is first needed: a page without it is lighter. Drawn
  // anew, it shows what it held until the answer comes.
  const held = new Map();

  async function load(place) {
    const address = place.dataset.load;
    if (held.has(address)) draw(place, held.get(address));
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok) {
      window.routebook.say("That couldn’t be fetched. Please check your connection and try again.");
      return;
    }
    const html = await answer.text();
    if (!place.childElementCount || held.get(address) !== html) draw(place, html);
    held.set(address, html);
  }

  function loadWithin(fold) {
    const place = fold.querySelector(":scope > [data-load]");
    if (place && !place.childElementCount) load(place);
  }

  document.addEventListener("toggle", (event) => { if (event.target.open && event.target.matches("details")) loadWithin(event.target); }, true);

  // The target that the address selects is marked wherever it is drawn.
  function mark(root) {
    const selected = new URLSearchParams(window.location.search).get("target");
    root.querySelectorAll("[data-target]").forEach((element) => {
      if (element.dataset.target === selected) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    });
  }

  window.routebook = Object.assign(window.routebook || {}, { draw, load, mark: () => document.querySelectorAll(".drawing").forEach(mark) });

  // Each cell gets the names of its row and column, which are sent once each.
  function nameCells(table) {
    const columns = Array.from(table.tHead.rows[0].cells, (head) => head.dataset.column);
    for (const row of table.tBodies[0].rows) {
      for (const cell of row.cells) {
        if (!cell.querySelector("[data-stop]")) continue;
        cell.dataset.row = row.dataset.row;
        cell.dataset.column = columns[cell.cellIndex];
      }
    }
  }

  // A selector that finds the same element after a redraw.
  function keyOf(element) {
    const holder = element.closest("[data-target], [data-row], [data-key]");
    if (!holder) return null;
    const parts = ["target", "row", "column", "key"]
      .filter((name) => holder.dataset[name] !== undefined)
      .map((name) => `[data-${name}="${CSS.escape(holder.dataset[name])}"]`);
    const named = element.name ? `[name="${CSS.escape(element.name)}"]` : "";
    const inner = holder === element ? "" : ` ${element.localName}${named}`;
    return parts.join("") + inner;
  }

  // Roving tabindex: one cell of a table is in the tab order, arrow keys move within it.
  function prepareArrows(table) {
    const stops = table.querySelectorAll("[data-stop]");
    stops.forEach((stop, index) => { stop.tabIndex = index === 0 ? 0 : -1; });
  }

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function moveFocus(event) {
    const stop = event.target.closest("table[data-arrows] [data-stop]");
    if (!stop || !(event.key in STEPS || event.key === "Home" || event.key === "End")) return;
    const table = stop.closest("table");
    const rows = Array.from(table.rows, (row) => Array.from(row.querySelectorAll("[data-stop]")))
      .filter((row) => row.length);
    const y = rows.findIndex((row) => row.includes(stop));
    const x = rows[y].indexOf(stop);
    let next;
    if (event.key === "Home") next = rows[y][0];
    else if (event.key === "End") next = rows[y][rows[y].length - 1];
    else {
      const [dy, dx] = STEPS[event.key];
      const row = rows[y + dy];
      next = row && row[Math.min(x, row.length - 1) + dx];
    }
    event.preventDefault();
    if (!next) return;
    stop.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  document.addEventListener("keydown", moveFocus);

  // `data-select="list=overdue&cohort=3"` on anything in a drawing selects that when clicked, but for a link
  // with `data-goes` in it, which leads away.
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-select]");
    if (!chosen || event.target.closest("[data-goes]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.routebook.select(Object.fromEntries(new URLSearchParams(chosen.dataset.select)));
  });

  // A drawing comes, and comes anew, in an attribute of its element, which it leaves once it is drawn.
  function drawFrom(element) {
    const html = element.getAttribute("data-html");
    if (html === null) return;
    element.removeAttribute("data-html");
    draw(element, html);
  }

  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") drawFrom(target);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        drawFrom(node);
        node.querySelectorAll("[data-html]").forEach(drawFrom);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-html"] });
})();
