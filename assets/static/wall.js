// A wall's screen: asks for its boards again and again, shows them in turn, and says how old they are.
// Plain script of browsers as old as Chromium 96; unattended for months, so it keeps nothing but one picture.
(function () {
  "use strict";

  const body = document.body;
  const element = (id) => document.getElementById(id);
  const token = location.pathname.split("/")[2];
  const REFRESH = Number(body.dataset.refresh) * 1000;
  const BLANK = Number(body.dataset.blank) * 1000;
  const STALE = 2 * REFRESH;
  const PATIENCE = 20000; // for one answer
  const SELDOM = 900000; // between two questions where the address opens nothing
  const FIRST_RETRY = 5000;
  const MINUTE = 60000;
  const LONGEST_NAP = 10000; // so that a screen that was asleep, or whose clock was set, soon notices
  const NIGHT = [3 * 60 + 30, 5 * 60]; // when the page reloads, in minutes of the day
  const A_NIGHT = 2 * 3600000;
  const LONG_UP = 300000; // a page reloaded for a new version waits this long before it does so again

  let shown = null; // the last answer: the boards and how to show them
  let sections = [];
  let etag = null;
  let asAt = 0; // of the figures, on the server's clock
  let good = null; // when the last good answer came, on three clocks
  let gone = body.dataset.state === "gone";
  let failures = 0;
  let asking = false;
  let next = 0; // when to ask again
  let formats = null;

  // --- time: the server's clock, carried on by whichever of the screen's own clocks went further -----------

  const monotonic = () => performance.now();
  const loaded = monotonic();
  const upFor = () => monotonic() - loaded;

  function sinceGood() {
    return good ? Math.max(monotonic() - good.monotonic, Date.now() - good.screen) : Infinity;
  }

  function now() {
    return good ? good.server + sinceGood() : Date.now();
  }

  // The screen slept or its clock was set: what it believes of the time may be wrong.
  function clockJumped() {
    return good && Math.abs(monotonic() - good.monotonic - (Date.now() - good.screen)) > MINUTE / 2;
  }

  function useZone(zone) {
    if (formats && formats.zone === zone) return;
    const format = (parts) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: zone }, parts));
    formats = {
      zone: zone,
      time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      day: format({ weekday: "long", day: "numeric", month: "long" }),
    };
  }

  const timeOf = (at) => formats.time.format(at);

  function minutesOfDay() {
    const [hours, minutes] = timeOf(now()).split(":").map(Number);
    return hours * 60 + minutes;
  }

  function showingHours() {
    if (!shown || shown.from === shown.until) return true;
    const minutes = minutesOfDay();
    return shown.from < shown.until
      ? minutes >= shown.from && minutes < shown.until
      : minutes >= shown.from || minutes < shown.until;
  }

  // --- asking ---------------------------------------------------------------------------------------------

  async function ask() {
    asking = true;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const headers = { Authorization: `Bearer ${token}` };
      if (etag) headers["If-None-Match"] = etag;
      const answer = await fetch("/wall/boards", {
        headers: headers,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: stop.signal,
      });
      if (answer.status === 200) take(await answer.json(), answer.headers);
      else if (answer.status === 304 && shown) keep(answer.headers);
      else if (answer.status === 404 || answer.status === 410) close(await answer.json());
      else throw new Error("no answer");
    } catch (error) {
      // Whatever went wrong, the last good picture stays and says how old it is.
      failures += 1;
      next = monotonic() + jittered(Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 8), gone ? SELDOM : REFRESH));
    } finally {
      clearTimeout(timer);
      asking = false;
    }
    tick();
  }

  // Many screens are switched on at the same moment: they don't ask at the same moment for ever.
  function jittered(milliseconds) {
    return milliseconds * (0.85 + 0.3 * Math.random());
  }

  function take(content, headers) {
    if (typeof content.html !== "string" || typeof content.zone !== "string") throw new Error("no boards");
    useZone(content.zone);
    if (!shown || shown.html !== content.html) {
      window.routebook.draw(element("boards"), content.html);
      sections = Array.from(element("boards").querySelectorAll(".board"));
    }
    shown = content;
    etag = headers.get("ETag");
    document.documentElement.dataset.bsTheme = content.theme;
    document.documentElement.style.setProperty("--scale", String(content.scale / 100));
    keep(headers);
  }

  function keep(headers) {
    good = { monotonic: monotonic(), screen: Date.now(), server: Number(headers.get("X-Wall-Now")) || Date.now() };
    asAt = Number(headers.get("X-Wall-As-At")) || good.server;
    gone = false;
    failures = 0;
    next = monotonic() + jittered(REFRESH);
    if (isNewVersion(headers.get("X-Wall-Version")) || isNight()) location.reload();
  }

  // The server has just answered, so that a reload finds it.
  function isNewVersion(version) {
    if (!version || version === body.dataset.version) return false;
    const entry = performance.getEntriesByType("navigation")[0];
    return !entry || entry.type !== "reload" || upFor() > LONG_UP;
  }

  function isNight() {
    if (body.dataset.nightly !== "true" || upFor() < A_NIGHT) return false;
    const minutes = minutesOfDay();
    return minutes >= NIGHT[0] && minutes < NIGHT[1];
  }

  // The address opens nothing any more: no figure stays on the screen.
  function close(content) {
    if (typeof content.gone !== "string") throw new Error("not Routebook's answer");
    gone = true;
    shown = etag = good = null;
    sections = [];
    window.routebook.draw(element("boards"), "");
    say("heading", content.gone);
    say("advice", content.advice);
    next = monotonic() + jittered(SELDOM);
  }

  // --- showing --------------------------------------------------------------------------------------------

  function say(id, text) {
    if (element(id).textContent !== text) element(id).textContent = text;
  }

  function state(since) {
    if (gone) return "gone";
    if (!shown) return "starting";
    if (!showingHours()) return "dark";
    if (since > BLANK) return "blank";
    return since > STALE ? "stale" : "showing";
  }

  // Which board it is and for how long follows from the time alone, so that nothing drifts and equal walls
  // show the same.
  function turn() {
    const seconds = sections.map((section) => Number(section.dataset.seconds));
    const time = now();
    let left = Math.floor(time / 1000) % seconds.reduce((sum, one) => sum + one, 0);
    const index = seconds.findIndex((one) => {
      left -= one;
      return left < 0;
    });
    return { index: index, milliseconds: -left * 1000 - (time % 1000) };
  }

  function draw() {
    const since = sinceGood();
    const is = state(since);
    if (body.dataset.state !== is) body.dataset.state = is;
    if (is === "gone" || is === "starting") return;
    const upright = shown.orientation === "portrait" || window.innerHeight > window.innerWidth;
    document.documentElement.dataset.orientation = upright ? "portrait" : "landscape";
    say("time", timeOf(now()));
    say("day", formats.day.format(now()));
    const silent = `last updated ${timeOf(asAt)}, reconnecting`;
    say("silence", is === "stale" ? silent : is === "blank" ? `No answer from Routebook: ${silent}` : "");
    say("old-data", shown.old);
    say("as-at", `As at ${timeOf(asAt)} · ${shown.newest}`);
    const at = turn().index;
    sections.forEach((section, index) => {
      if (section.hidden !== (index !== at)) section.hidden = index !== at;
    });
    say("place", sections.length > 1 ? `${at + 1} of ${sections.length}` : "");
  }

  let timer = null;

  function tick() {
    clearTimeout(timer);
    if (!asking && (monotonic() >= next || (clockJumped() && failures === 0))) ask();
    draw();
    timer = setTimeout(tick, nap());
  }

  // Until something can change: the minute, the board, the next question.
  function nap() {
    if (!shown) return 1000;
    const question = asking ? LONGEST_NAP : next - monotonic();
    return Math.max(50, Math.min(MINUTE - (now() % MINUTE), turn().milliseconds, question, LONGEST_NAP));
  }

  tick();
})();
