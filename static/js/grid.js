// The self-assessment grid: each row is kept by itself. Without this file "Lưu mọi ô" does it.
// A table without an owner (that of needs) takes the keys and the pasting alone.
const on = addEventListener;
const byId = (id) => document.getElementById(id);
const one = (selector) => document.querySelector(selector);
const form = byId("grid-form");
const STORE = `grid:${form?.dataset.owner}`;  // what is typed and not yet kept, by cell
const FIELDS = ["value", "outcome", "note"];
const sending = new Set(), closed = new Set();

const load = () => JSON.parse(localStorage.getItem(STORE) ?? "{}");
const rowOf = (key) => one(`[data-cell="${key}"]`);
const keyAt = (element) => element?.form === form && element.closest("[data-cell]")?.dataset.cell;
const field = (key, name) => byId(`${key}-${name}`);
const stamp = (key) => one(`[name="${key}-stamp"]`);
const isRefused = (key) => one(`#state-${key} :is(.field__error, .grid-state__stale)`);
const read = (key) => FIELDS.map((name) => field(key, name)?.value ?? "");
const fill = (key, texts) => FIELDS.forEach((name, place) => { if (field(key, name)) field(key, name).value = texts[place]; });

function remember(key, texts) {
  if (!form.dataset.owner) return;
  const kept = load();
  if (texts) kept[key] = { texts, stamp: kept[key]?.stamp ?? stamp(key)?.value };
  else delete kept[key];
  localStorage.setItem(STORE, JSON.stringify(kept));
}

function tell(key, word, state = "late") {
  const badge = one(`#state-${key} .badge`);
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

on("htmx:afterRequest", ({ detail: { elt: row, xhr } }) => {
  const key = row?.dataset?.cell;
  if (!key || !sending.delete(key)) return;
  const same = row.dataset.sent === JSON.stringify(read(key));
  if (xhr?.status === 200) {
    remember(key, same ? null : read(key));
    if (!same) setTimeout(() => send(key));
  } else if (xhr?.status === 403) {
    closed.add(key);
    tell(key, "Không lưu được, ô đã khóa", "not_met");
  } else if (!isRefused(key)) tell(key, "Chưa lưu, sẽ tự gửi lại");
});

// After a new sign-in session.js asks again, without what was typed: the cell sends it itself.
on("htmx:configRequest", (event) => {
  const key = event.detail.elt.dataset?.cell;
  if (!key || sending.has(key)) return;
  event.preventDefault();
  send(key);
});

// "Lấy bản của họ": the fields take what stands on the server.
on("htmx:afterSwap", () => {
  for (const state of document.querySelectorAll(".grid-state[data-note]")) {
    const key = state.id.slice("state-".length);
    fill(key, FIELDS.map((name) => state.dataset[name]));
    for (const name of FIELDS) delete state.dataset[name];
    remember(key, null);
  }
});

on("input", ({ target }) => {
  const key = keyAt(target);
  if (!key) return;
  remember(key, read(key));
  tell(key, "Chưa lưu");
});
on("change", ({ target }) => {
  const key = keyAt(target);
  if (key) send(key);
});
on("click", (event) => {
  const button = event.target.closest("[data-choice]");
  if (!button) return;
  event.preventDefault();
  send(button.dataset.choice, button.value);
});

// Enter and the arrows go down and up a column, as in Excel; Shift+Enter breaks a line of a note.
on("keydown", (event) => {
  const { target, key } = event;
  if (!keyAt(target) || event.shiftKey || event.altKey || event.ctrlKey) return;
  const arrows = target.tagName === "INPUT";
  const step = key === "Enter" || (arrows && key === "ArrowDown") ? 1 : arrows && key === "ArrowUp" ? -1 : 0;
  if (!step) return;
  event.preventDefault();
  const column = [...document.querySelectorAll(`[data-cell] [id$="${target.id.slice(target.id.indexOf("-"))}"]`)];
  const next = column[column.indexOf(target) + step];
  if (!next) return target.blur();
  next.focus();
  next.select?.();
});

// Cells copied from Excel go to the server as one block, from the one under the cursor.
on("paste", (event) => {
  const key = keyAt(event.target), block = event.clipboardData.getData("text/plain");
  const isTable = block.includes("\t") || /<table/i.test(event.clipboardData.getData("text/html"));
  if (!key || !isTable) return;
  event.preventDefault();
  if (!navigator.onLine) return tell(key, "Mất mạng, chưa dán được");
  remember(key, null);
  const values = { start: key, column: event.target.id.split("-").pop(), block };
  for (const [name, value] of Object.entries(values)) form.elements[`paste-${name}`].value = value;
  form.requestSubmit(byId("paste-button"));
});

const flush = () => Object.keys(load()).forEach((key) => {
  if (!isRefused(key) && !closed.has(key) && keyAt(document.activeElement) !== key) send(key);
});

if (form) {
  on("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(flush, 15_000);

  // What a closed page left behind comes back into its cells, with the stamp that it was typed on.
  for (const [key, left] of Object.entries(load())) {
    if (!rowOf(key)) continue;
    fill(key, left.texts);
    if (left.stamp) stamp(key).value = left.stamp;
    tell(key, "Chưa lưu");
  }
  flush();
}
