// The progress grid in the browser: what its cells show, how its rows are sorted and filtered from the
// address, how a cell opens its target's form and gets the focus back.
(function () {
  "use strict";

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const h = (...parts) => window.React.createElement(...parts);

  const PHONE = window.matchMedia("(max-width: 700px)");
  let api = null;
  // The cell that has, or gets back, the focus: {row, column} by their ids.
  let place = null;

  // Each cell that is drawn asks whether it is selected.
  let read = { search: null };
  function parameters() {
    const { search } = window.location;
    if (read.search !== search) read = { search, values: Object.fromEntries(new URLSearchParams(search)) };
    return read.values;
  }

  // --- cells --------------------------------------------------------------------------------------------

  const indexOf = (column) => Number(column.getColDef().field.split(".")[1]);

  // Target ids come as steps from one to the next, 0 where a learner has no target for a milestone.
  function targetsOf(row) {
    if (!row.targetIds) {
      let last = 0;
      const ids = row.targets.map((step) => (step === 0 ? null : (last += step)));
      Object.defineProperty(row, "targetIds", { value: ids });
    }
    return row.targetIds;
  }

  function targetOf(node, column) {
    if (!node || node.rowPinned || !column) return null;
    if (column.getColId() === "personal") return node.data.personal ? node.data.personal.target : null;
    return column.getColId().startsWith("milestone-") ? targetsOf(node.data)[indexOf(column)] : null;
  }

  const fullName = (row) => `${row.given} ${row.family}`;
  const overdueOf = (row) => row.progress[2];

  functions.gridWord = (params) =>
    params.node && params.node.rowPinned ? params.value : params.context.words[params.value];

  // One function for all of a cell's classes: Dash's grid interprets each rule anew for each cell, so that
  // a rule for each state takes most of the time that the grid needs to appear. AG Grid adds such classes
  // only when a cell is drawn; after a save the rows are redrawn.
  const isSelected = (node, column) => {
    const target = targetOf(node, column);
    return target !== null && String(target) === parameters().target;
  };
  const withSelected = (names, { node, column }) => (isSelected(node, column) ? [...names, "selected"] : names);

  functions.gridClass = (params) =>
    params.node.rowPinned ? [] : withSelected(params.context.classes[params.value].split(" "), params);
  functions.gridPersonalClass = (params) => withSelected(params.data.personal ? ["opens"] : [], params);
  functions.gridReviewClass = (params) => `state-${params.value || "none"}`;

  // A milestone's cell tells whose it is once it is pointed at: few of some thousand ever are.
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".grid .ag-cell[col-id^=milestone-]");
    if (!cell || cell.title || !api) return;
    const id = cell.closest("[row-id]").getAttribute("row-id");
    const column = api.getColumn(cell.getAttribute("col-id"));
    const pinned = api.getPinnedTopRow(0);
    const node = api.getRowNode(id);
    if (node) cell.title = `${fullName(node.data)}, ${column.getColDef().headerName}: ${cell.textContent}`;
    else if (pinned) cell.title = pinned.data.shares[indexOf(column)];
  });

  functions.gridPersonalTip = (params) => {
    const personal = params.data.personal;
    if (!personal) return "";
    const counts = personal.counts.map(([code, count]) => `${count} ${params.context.words[code].toLowerCase()}`);
    return `${counts.join(", ")}. Opens: ${personal.title}`;
  };

  components.LearnerCell = function (props) {
    if (props.node.rowPinned) return h("span", { className: "learner" }, h("b", null, "Cohort"));
    const { id, given, family, note } = props.data;
    return h(
      "span",
      { className: "learner" },
      h("a", { href: `/learner/${id}`, tabIndex: -1, title: `${given} ${family}` }, `${given} `, h("b", null, family)),
      note ? h("small", null, note) : null,
    );
  };

  components.ProgressCell = function (props) {
    const { progress, states, personal, achieved: ofCohort } = props.data;
    const [achieved, inHand, overdue, all] = progress;
    // Who left has targets, but none that counts.
    const none = personal || /[^-]/.test(states) ? "none that counts" : "no targets yet";
    if (!all) return h("span", { className: "progress" }, ofCohort || none);
    const part = (name, count) =>
      h("i", { key: name, className: `state-${name}`, style: { width: `${(100 * count) / all}%` } });
    return h(
      "span",
      { className: "progress", title: `${achieved} of ${all} achieved, ${overdue} overdue` },
      h(
        "span",
        { className: "bar", "aria-hidden": "true" },
        part("achieved", achieved),
        part("in-progress", inHand),
        part("overdue", overdue),
      ),
      h("span", { className: "number" }, ofCohort || `${achieved} of ${all}`),
    );
  };

  components.PersonalCell = function (props) {
    if (props.node.rowPinned || !props.data.personal) return null;
    return h(
      "span",
      { className: "personal" },
      props.data.personal.counts.map(([code, count]) =>
        h(
          "span",
          { key: code, className: `shape ${props.context.classes[code]}` },
          count,
          h("span", { className: "visually-hidden" }, ` ${props.context.words[code]} `),
        ),
      ),
    );
  };

  components.ReviewCell = function (props) {
    if (props.node.rowPinned) return null;
    const { plan, ended, reviewWords } = props.data;
    if (!props.context.reviewForm || ended) return h("span", { className: "pill" }, reviewWords);
    return h(
      "button",
      {
        type: "button",
        className: "pill",
        tabIndex: -1,
        title: "Record a review as held",
        "data-opens": props.context.reviewForm,
        "data-plan": plan,
        "data-whose": fullName(props.data),
      },
      reviewWords,
    );
  };

  // One theme object: a new one at each drawing would set the grid's styles anew.
  let theme = null;
  functions.gridTheme = (base) => {
    theme =
      theme ||
      base.withParams({
        backgroundColor: "var(--paper)",
        foregroundColor: "var(--ink)",
        textColor: "var(--ink)",
        headerBackgroundColor: "var(--paper)",
        headerTextColor: "var(--ink)",
        chromeBackgroundColor: "var(--paper)",
        borderColor: "var(--line)",
        accentColor: "var(--link)",
        rowHoverColor: "var(--band-faint)",
        browserColorScheme: "inherit",
        fontFamily: "inherit",
        fontSize: 14,
        headerFontSize: 13,
        headerFontWeight: 600,
        cellHorizontalPadding: 8,
        wrapperBorder: false,
        wrapperBorderRadius: 0,
        columnBorder: false,
        headerColumnBorder: false,
        headerColumnResizeHandleDisplay: "none",
      });
    return theme;
  };

  // --- order and filter, from the address --------------------------------------------------------------

  const ORDERS = {
    overdue: (a, b) => overdueOf(b) - overdueOf(a),
    review: (a, b) => (a.reviewOn || "9999").localeCompare(b.reviewOn || "9999"),
    progress: (a, b) => a.progress[0] / (a.progress[3] || 1) - b.progress[0] / (b.progress[3] || 1),
  };
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  // Found when chosen and kept until chosen again, so that a save never moves or hides the row it was made in.
  let rank = new Map();
  let shown = null;
  let arrangedBy = null;

  function wanted() {
    const { sort, filter, name } = parameters();
    return JSON.stringify([sort, filter, name]);
  }

  function arrange(nodes) {
    const { sort, filter, name } = parameters();
    arrangedBy = wanted();
    const order = ORDERS[sort] || (() => 0);
    const rows = nodes.map((node) => ({ id: node.id, index: node.sourceRowIndex, row: node.data }));
    rows.sort((a, b) => a.row.ended - b.row.ended || order(a.row, b.row) || a.index - b.index);
    rank = new Map(rows.map(({ id }, position) => [id, position]));
    const words = plain(name || "").split(/\s+/).filter(Boolean);
    const passes = ({ row }) =>
      (filter !== "overdue" || overdueOf(row) > 0) && words.every((word) => plain(fullName(row)).includes(word));
    shown = filter === "overdue" || words.length ? new Set(rows.filter(passes).map(({ id }) => id)) : null;
  }

  functions.gridTab = () => false; // not to another cell: where the browser goes

  functions.gridIsFiltered = () => shown !== null;
  functions.gridPasses = (params) => shown === null || shown.has(params.id);
  functions.gridSort = (params) => {
    if (!rank.size) arrange(params.nodes);
    params.nodes.sort((a, b) => rank.get(a.id) - rank.get(b.id));
  };

  const tool = (name) => document.querySelector(`.grid-tools [data-grid=${name}]`);

  function showTools() {
    const { sort, filter, name } = parameters();
    if (!tool("sort") || !api) return;
    tool("sort").value = sort in ORDERS ? sort : "";
    if (tool("name").value !== (name || "")) tool("name").value = name || "";
    tool("overdue").setAttribute("aria-pressed", String(filter === "overdue"));
    let gone = 0;
    api.forEachNode((node) => (gone += node.data.ended));
    const here = rank.size - gone;
    const many = (number) => number.toLocaleString("en-GB");
    const all = `${many(here)} learner${here === 1 ? "" : "s"}${gone ? `, ${many(gone)} no longer here` : ""}`;
    tool("shown").textContent = shown ? `${many(shown.size)} of ${many(rank.size)} listed` : all;
  }

  document.addEventListener("routebook:drawn", (event) => {
    if (event.target.matches(".drawing-grid-tools")) showTools();
  });

  function rearrange() {
    if (wanted() === arrangedBy) return;
    const nodes = [];
    api.forEachNode((node) => nodes.push(node));
    arrange(nodes);
    api.onFilterChanged();
    showTools();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-grid=sort]")) window.routebook.select({ sort: event.target.value });
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-grid=name]")) window.routebook.select({ name: event.target.value }, { replace: true });
  });
  document.addEventListener("click", (event) => {
    if (!api) return;
    if (event.target.closest("[data-grid=overdue]")) {
      window.routebook.select({ filter: parameters().filter === "overdue" ? "" : "overdue" });
    } else if (event.target.closest("[data-grid=next]")) {
      nextOverdue();
    }
  });

  // --- a cell opens its form (which takes the focus, see forms.js), and gets the focus back ----------------------------------------------------

  function open(node, column) {
    const target = targetOf(node, column);
    if (target === null) return;
    place = { row: node.id, column: column.getColId() };
    window.routebook.select({ target });
  }

  function clicked(params) {
    if (params.event && params.event.target.closest("a")) return;
    open(params.node, params.column);
  }

  function key(params) {
    if (params.event.key !== "Enter" && params.event.key !== " ") return;
    params.event.preventDefault();
    const within = params.event.target.querySelector("a, button");
    if (within) {
      within.click();
    } else if (String(targetOf(params.node, params.column)) === parameters().target) {
      document.querySelector("[data-view=target-form] [name=status]").focus();
    } else {
      open(params.node, params.column);
    }
  }

  function showPlace() {
    const node = place && api && api.getRowNode(place.row);
    if (!node || node.rowIndex === null) return null;
    api.ensureIndexVisible(node.rowIndex);
    api.ensureColumnVisible(place.column);
    return node;
  }

  function focusPlace() {
    const node = showPlace();
    if (node) api.setFocusedCell(node.rowIndex, place.column);
  }

  // Whoever has gone on typing in the form since it was sent, or has gone to another of its fields, stays there.
  let sentFrom = null; // the name of the field
  document.addEventListener("submit", () => { sentFrom = document.activeElement.name; });

  function isTyping() {
    const field = document.activeElement && document.activeElement.closest("input, select, textarea");
    const form = field && field.closest("[data-view=target-form] form");
    return Boolean(form) && (form.hasAttribute("data-unsaved") || field.name !== sentFrom);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !place) return;
    if (event.target.closest("[data-view=target-form]")) focusPlace();
  });
  document.addEventListener("click", (event) => {
    if (place && event.target.closest("[data-view=target-form] [data-action=close]")) focusPlace();
  });

  const isOverdue = (node, column) =>
    column.getColId() === "personal"
      ? Boolean(node.data.personal) && node.data.personal.counts.some(([code]) => code === "o")
      : node.data.states[indexOf(column)] === "o";

  // In reading order from the cell with the focus, and from the top again after the last.
  function nextOverdue() {
    const columns = api.getAllDisplayedColumns().filter((column) => /^(milestone-|personal$)/.test(column.getColId()));
    const cells = [];
    let from = 0;
    api.forEachNodeAfterFilterAndSort((node) => {
      for (const column of columns) {
        if (isOverdue(node, column)) cells.push([node, column]);
        if (place && place.row === node.id && place.column === column.getColId()) from = cells.length;
      }
    });
    if (!cells.length) {
      window.routebook.say("No overdue targets among the learners shown.");
      return;
    }
    const [node, column] = cells[from % cells.length];
    open(node, column);
    focusPlace();
  }

  function findTarget(target) {
    let found = null;
    api.forEachNode((node) => {
      if (found) return;
      const column = api.getColumns().find((one) => String(targetOf(node, one)) === target);
      if (column) found = { row: node.id, column: column.getColId() };
    });
    return found;
  }

  // --- the grid is there, the selection or a row has changed ---------------------------------------------

  // On a phone only the names stay in view; elsewhere the next review does too where not all has room.
  function fit() {
    if (!api) return;
    const phone = PHONE.matches;
    const width = api.getColumns().reduce((sum, column) => sum + column.getActualWidth(), 0);
    const tight = width > document.getElementById("grid-frame").clientWidth;
    const rowHeight = phone ? 44 : 34;
    if (api.getGridOption("rowHeight") !== rowHeight) {
      api.setGridOption("rowHeight", rowHeight);
      api.resetRowHeights();
    }
    const places = [
      { colId: "learner", pinned: "left", width: phone ? 132 : 146 },
      { colId: "progress", pinned: phone ? null : "left" },
      { colId: "review", pinned: tight && !phone ? "right" : null },
    ];
    const isSo = ({ colId, pinned, width }) => {
      const column = api.getColumn(colId);
      return (column.getPinned() || null) === pinned && (!width || column.getActualWidth() === width);
    };
    // Applying a state lays the grid out anew, so only where it isn't so already.
    if (!places.every(isSo)) api.applyColumnState({ state: places });
  }
  PHONE.addEventListener("change", fit);

  function begin(ready) {
    if (ready === api) return;
    api = ready;
    place = null;
    api.addEventListener("cellClicked", clicked);
    api.addEventListener("cellKeyDown", key);
    api.addEventListener("gridPreDestroyed", end);
    document.querySelector(".grid [role=grid]").setAttribute("aria-label", `Progress in ${document.getElementById("main").dataset.title}`);
    fit();
    if (shown) api.onFilterChanged();
    showTools();
    const target = parameters().target;
    place = target ? findTarget(target) : null;
    if (place) showPlace();
  }

  function follow() {
    rearrange();
    const target = parameters().target;
    const marked = place && targetOf(api.getRowNode(place.row), api.getColumn(place.column));
    if (target && String(marked) !== target) place = findTarget(target) || place;
    for (const cell of document.querySelectorAll(".grid .ag-cell.selected")) cell.classList.remove("selected");
    const cell = target && place && cellOf(place);
    if (cell) cell.classList.add("selected");
  }

  // Where it is drawn at all; one that comes into view later is drawn with its class.
  const cellOf = ({ row, column }) =>
    document.querySelector(`.grid [row-id="${CSS.escape(row)}"] [col-id="${CSS.escape(column)}"]`);

  function end() {
    api = null;
    place = null;
    rank = new Map();
    shown = null;
    arrangedBy = null;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    grid: {
      // The grid is there.
      begin: function (id) {
        return window.dash_ag_grid.getApiAsync(id).then(begin).then(() => id);
      },
      // The selection has changed: order, filter and the marked cell follow it.
      select: function () {
        if (api) follow();
        return parameters().target || "";
      },
      // A row has been saved, and is in the grid: its cells show it, also where only words have changed, and
      // the focus goes back to its cell.
      saved: function (transaction) {
        if (transaction === null && api) {
          api.redrawRows();
          if (!isTyping()) focusPlace();
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
