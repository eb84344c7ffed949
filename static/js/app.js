// Comfort only: every page works without this file.
const on = (names, handle, capture) => {
  for (const name of names.split(" ")) addEventListener(name, handle, capture);
};
const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Sentences that no answer can bring stand in the page as templates.
const say = (id, code) => {
  const said = byId(id).content.cloneNode(true);
  if (code) said.querySelector("p").append(` Mã yêu cầu: ${code}.`);
  byId("messages")?.replaceChildren(said);
};
on("htmx:sendError htmx:timeout offline", () => say("said-lost"));
on("htmx:responseError", ({ detail }) => say("said-failed", detail.xhr.getResponseHeader("X-Request-ID")));
on("online", () => say("said-back"));

// A form is sent once: it is busy until the answer is there.
const busy = (form, is) => form?.method === "post" && form.setAttribute("aria-busy", is);
on("submit", (event) => {
  if (!event.target.matches("[aria-busy=true]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
on("submit", (event) => event.defaultPrevented || busy(event.target, true));
on("htmx:beforeSend htmx:afterRequest", ({ type, target }) => busy(target.closest("form"), type === "htmx:beforeSend"));
on("pageshow", () => all("form[aria-busy]").forEach((form) => busy(form, false)));

// An address says only what is asked for: empty filters are left out, with and without HTMX.
on("formdata", ({ target, formData }) => {
  if (target.method !== "get") return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

// Back and Forward bring a list as it was; the fields of its filters take what the address says.
// Of two steps the later one counts, whichever answer comes last.
let step;
on("htmx:historyCacheMiss", ({ detail }) => {
  step?.abort();
  step = detail.xhr;
});
on("htmx:historyRestore", () => {
  const asked = new URLSearchParams(location.search);
  for (const field of all("form[hx-get] [name]")) field.value = asked.get(field.name) ?? "";
});

// A field that a swap keeps (chosen photos) is tied to the error that came with the new form.
on("htmx:afterSettle", () => {
  for (const field of all("[hx-preserve]")) {
    field.setAttribute("aria-describedby", `${field.id}_helptext ${field.id}_error`);
    field.setAttribute("aria-invalid", !!byId(`${field.id}_error`));
  }
});

// A swap keeps the table where the reader had pushed it.
let places = [];
on("htmx:beforeSwap", ({ target }) => {
  places = all(".scroll-x[id]", target).map((box) => [box.id, box.scrollLeft, box.scrollTop]);
});
on("htmx:afterSwap", () => {
  for (const [id, left, top] of places.splice(0)) byId(id)?.scrollTo(left, top);
});

// Escape and a press elsewhere close what hangs open.
function close(event) {
  for (const open of all("details.drop[open]")) {
    if (event.key) open.querySelector("summary").focus();
    else if (open.contains(event.target)) continue;
    open.open = false;
  }
}

// Where tabs are wider than a phone, the current one is in sight.
for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 32;

// "/" goes to the search, "?" tells the keys; arrows walk through what was found.
function find() {
  const field = byId("search");
  if (field?.offsetParent) field.select();
  else document.querySelector(".search-link")?.click();
}
async function show(url, select) {
  const box = byId("shown");
  box.replaceChildren();
  await htmx.ajax("GET", url, { target: box, select, swap: "innerHTML ignoreTitle:true" });
  if (box.innerHTML) box.parentElement.showModal();
}
function tellKeys() {
  const link = byId("keys-link");
  if (link) show(link.href);
}

on("keydown", (event) => {
  const { key, target } = event;
  const search = target.closest(".search");
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === "Escape") {
    close(event);
    byId("search-found")?.replaceChildren();
    if (search) byId("search").focus();
    return;
  }
  function walk() {
    const stops = all(".search__input, .search__found a", search);
    stops[stops.indexOf(target) + step]?.focus();
  }
  const typing = target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
  const act = search && step ? walk : !typing && { "/": find, "?": tellKeys }[key];
  if (!act) return;
  event.preventDefault();
  act();
});

function copy(field) {
  field.select();
  // The old command, because without https there is no other.
  const done = document.execCommand("copy");
  byId(`${field.id}-said`).textContent = done ? "Đã chép." : "Đã bôi đen, hãy bấm Ctrl+C.";
}

on("click", (event) => {
  close(event);
  const pressed = event.target.closest("[data-print], [data-copy], [data-close], [data-tick-all]");
  if (!pressed) return;
  const { print, copy: text, tickAll } = pressed.dataset;
  if (print !== undefined) window.print();
  else if (text) copy(byId(text));
  else if (tickAll === undefined) byId("messages").replaceChildren();
  else {
    event.preventDefault();
    for (const box of all("[name=rows]", pressed.closest("form"))) box.checked = tickAll;
  }
});

// Whoever rests on a sign of the matrix is told what it says; a press opens its page in place.
on("mouseover click", ({ target, type }) => {
  const cell = target.closest("#matrix tbody td");
  if (!cell) return;
  const [name] = cell.parentElement.cells;
  const head = all("#matrix thead th")[cell.cellIndex];
  cell.title ||= [name, head, cell].map((part) => part.textContent.trim()).join(" · ");
  const number = head.querySelector("b")?.textContent;
  if (type === "click" && number) show(name.firstChild.href.replace(/\?|$/, `criteria/${number}/$&`), "main > :not(#messages)");
});
