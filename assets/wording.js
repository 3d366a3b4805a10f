// Advice while somebody words a target: applies the checks that the page carries (data/wording.py, where
// they are explained) to the form around them. It never stands in the way of saving.
(function () {
  "use strict";

  const DAY = 86_400_000;
  const SAID = { yes: "Yes: ", no: "Not yet: ", "": "" };

  const valueOf = (form, name) => {
    const control = form.elements.namedItem(name);
    return control ? control.value.trim() : "";
  };

  function holds(check, form, today) {
    const { rule, pattern, fields, days } = check.dataset;
    const values = fields.split(" ").map((name) => valueOf(form, name));
    const found = (text) => Boolean(pattern) && new RegExp(pattern).test(text.toLowerCase());
    if (rule === "holds") return found(values.join("\n"));
    if (rule === "holds-not") return !found(values.join("\n"));
    if (rule === "filled") return values.some(Boolean) || found(valueOf(form, "title"));
    const ahead = (Date.parse(values[0]) - Date.parse(today)) / DAY;
    return ahead >= 0 && ahead <= Number(days);
  }

  // Of a small form only what it has a field for is asked.
  function asked(check, form) {
    const has = check.dataset.fields.split(" ").some((name) => form.elements.namedItem(name));
    check.hidden = !has;
    return has;
  }

  function advise(form) {
    const help = form.querySelector("[data-wording]");
    if (!help) return;
    const begun = valueOf(form, "title") !== "";
    const checks = Array.from(help.querySelectorAll("[data-check]")).filter((check) => asked(check, form));
    let good = 0;
    for (const check of checks) {
      const answer = begun ? (holds(check, form, help.dataset.today) ? "yes" : "no") : "";
      check.dataset.holds = answer;
      check.querySelector("[data-check-said]").textContent = SAID[answer];
      if (answer === "yes") good += 1;
    }
    help.querySelector("[data-wording-count]").textContent = begun ? `${good} of ${checks.length}` : "";
    showExample(help, valueOf(form, "lane_id"));
  }

  // A lane of the college's own has no examples: those of the first lane do.
  function showExample(help, lane) {
    const examples = Array.from(help.querySelectorAll("[data-example-of]"));
    if (!examples.length) return;
    const fitting = examples.find((one) => one.dataset.exampleOf === lane) || examples[0];
    for (const one of examples) one.hidden = one !== fitting;
  }

  for (const kind of ["input", "change", "reset", "routebook:put"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest("form");
      if (form) setTimeout(() => advise(form));
    });
  }
  document.addEventListener("routebook:drawn", (event) => {
    for (const help of event.target.querySelectorAll("[data-wording]")) advise(help.closest("form"));
  });
})();
