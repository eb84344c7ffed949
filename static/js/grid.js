// The self-assessment grid: each row is kept by itself. Without this file "Lưu mọi ô" does it.
// A table without an owner (that of needs) takes the keys and the pasting alone.
(() => {
  "use strict";

  const form = document.getElementById("grid-form");
  if (!form) return;
  const STORE = `grid:${form.dataset.owner}`;  // what is typed and not yet kept, by cell
  const FIELDS = ["value", "outcome", "note"];
  const RETRY = 15_000;
  const sending = new Set(), closed = new Set();

  const load = () => JSON.parse(localStorage.getItem(STORE) ?? "{}");
  const rowOf = (key) => document.querySelector(`[data-cell="${key}"]`);
  const field = (key, name) => document.getElementById(`${key}-${name}`);
  const stamp = (key) => document.querySelector(`[name="${key}-stamp"]`);
  const isRefused = (key) => document.querySelector(`#state-${key} :is(.field__error, .grid-state__stale)`);
  const read = (key) => FIELDS.map((name) => field(key, name)?.value ?? "");

  function remember(key, texts) {
    if (!form.dataset.owner) return;
    const all = load();
    if (texts) all[key] = { texts, stamp: all[key]?.stamp ?? stamp(key)?.value };
    else delete all[key];
    localStorage.setItem(STORE, JSON.stringify(all));
  }

  function tell(key, word, state) {
    const badge = document.querySelector(`#state-${key} .badge`);
    if (!badge) return;
    badge.textContent = word;
    badge.dataset.state = state;
  }

  function send(key, choice = "") {
    const row = rowOf(key);
    if (!row?.dataset.url || sending.has(key)) return;  // sent again after the answer, if it changed meanwhile
    const texts = read(key);
    const values = { [`${key}-stamp`]: stamp(key).value, [`${key}-choice`]: choice };
    FIELDS.forEach((name, place) => { values[`${key}-${name}`] = texts[place]; });
    sending.add(key);
    row.dataset.sent = JSON.stringify(texts);
    tell(key, "Đang lưu…", "in_progress");
    htmx.ajax("POST", row.dataset.url, { source: row, target: `#state-${key}`, swap: "outerHTML", values })
      .catch(() => {});
  }

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const row = detail.elt;
    const key = row?.dataset?.cell;
    if (!key || !sending.delete(key)) return;
    const same = row.dataset.sent === JSON.stringify(read(key));
    if (detail.xhr?.status === 200) {
      remember(key, same ? null : read(key));
      if (!same) setTimeout(() => send(key));
    } else if (detail.xhr?.status === 403) {
      closed.add(key);
      tell(key, "Không lưu được, ô đã khóa", "not_met");
    } else if (!isRefused(key)) tell(key, "Chưa lưu, sẽ tự gửi lại", "late");
  });

  // After a new sign-in session.js asks again, without what was typed: the cell sends it itself.
  document.addEventListener("htmx:configRequest", (event) => {
    const key = event.detail.elt.dataset?.cell;
    if (!key || sending.has(key)) return;
    event.preventDefault();
    send(key);
  });

  // "Lấy bản của họ": the fields take what stands on the server.
  document.addEventListener("htmx:afterSwap", () => {
    for (const state of document.querySelectorAll(".grid-state[data-note]")) {
      const key = state.id.slice("state-".length);
      FIELDS.forEach((name) => { if (field(key, name)) field(key, name).value = state.dataset[name]; });
      for (const name of FIELDS) delete state.dataset[name];
      remember(key, null);
    }
  });

  const keyAt = (element) => element.closest?.("[data-cell]")?.dataset.cell;
  document.addEventListener("input", ({ target }) => {
    const key = target.form === form && keyAt(target);
    if (!key) return;
    remember(key, read(key));
    tell(key, "Chưa lưu", "late");
  });
  document.addEventListener("change", ({ target }) => {
    const key = target.form === form && keyAt(target);
    if (key) send(key);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choice]");
    if (!button) return;
    event.preventDefault();
    send(button.dataset.choice, button.value);
  });

  // Enter and the arrows go down and up a column, as in Excel; Shift+Enter breaks a line of a note.
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.form !== form || !keyAt(target) || event.shiftKey || event.altKey || event.ctrlKey) return;
    const arrows = target.tagName === "INPUT";
    const step = key === "Enter" || (arrows && key === "ArrowDown") ? 1 : arrows && key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const column = target.id.slice(target.id.indexOf("-"));
    const rows = [...document.querySelectorAll("[data-cell]")];
    const next = (place) => rows[place] && document.getElementById(rows[place].dataset.cell + column);
    let place = rows.indexOf(target.closest("[data-cell]")) + step;
    while (rows[place] && !next(place)) place += step;
    const there = next(place);
    if (there) {
      there.focus();
      there.select?.();
    } else target.blur();
  });

  // Several cells copied from Excel go to the server as one block, from the cell that is under the cursor.
  document.addEventListener("paste", (event) => {
    const key = keyAt(event.target), text = event.clipboardData.getData("text/plain");
    const isTable = text.includes("\t") || /<table/i.test(event.clipboardData.getData("text/html"));
    if (event.target.form !== form || !key || !isTable) return;
    event.preventDefault();
    if (!navigator.onLine) return void tell(key, "Mất mạng, chưa dán được", "late");
    remember(key, null);
    const values = { start: key, column: event.target.id.split("-").pop(), block: text };
    for (const [name, value] of Object.entries(values)) form.elements[`paste-${name}`].value = value;
    form.requestSubmit(document.getElementById("paste-button"));
  });

  const flush = () => Object.keys(load()).forEach((key) => {
    if (!isRefused(key) && !closed.has(key) && document.activeElement?.closest("[data-cell]") !== rowOf(key)) send(key);
  });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(flush, RETRY);

  // What a closed page left behind comes back into its cells, with the stamp that it was typed on.
  for (const [key, left] of Object.entries(load())) {
    if (!rowOf(key)) continue;
    FIELDS.forEach((name, place) => { if (field(key, name)) field(key, name).value = left.texts[place]; });
    if (left.stamp) stamp(key).value = left.stamp;
    tell(key, "Chưa lưu", "late");
  }
  flush();
})();
