// Comfort only: every page works without this file.
(() => {
  "use strict";

  const OFFLINE = "Mất kết nối, chưa gửi được. Nội dung đã nhập vẫn còn; hãy thử lại.";
  const FAILED = "Máy chủ gặp lỗi, chưa gửi được. Nội dung đã nhập vẫn còn; hãy thử lại sau ít phút.";
  const visible = (element) => element.getClientRects().length > 0;

  // Messages stand at the head of the page. Whoever is further down gets them at the edge of the
  // screen, with a button to put them away, and keeps his place.
  function show(region) {
    region.classList.remove("is-floating");
    const floats = region.childElementCount > 0 && region.getBoundingClientRect().bottom < 0;
    if (!floats) return;
    region.classList.add("is-floating");
    if (region.querySelector(".messages__close")) return;  // both swap events speak of it
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button messages__close";
    close.textContent = "Đóng";
    close.addEventListener("click", () => region.replaceChildren());
    region.append(close);
  }

  function say(text, level) {
    const region = document.getElementById("messages");
    if (!region) return;
    const notice = document.createElement("div");
    const sentence = document.createElement("p");
    notice.className = "notice";
    notice.dataset.level = level;
    sentence.textContent = text;
    notice.append(sentence);
    region.replaceChildren(notice);
    show(region);
  }
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.target?.id === "messages") show(event.detail.target);
    });
  }

  // A form is sent once: its button waits until the answer is there.
  function busy(form, on) {
    for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
      if (on) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
    if (on) form.dataset.sending = "";
    else delete form.dataset.sending;
  }
  document.addEventListener("submit", (event) => {
    if ("sending" in event.target.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target.method === "post" && !event.defaultPrevented) busy(event.target, true);
  });
  for (const [name, on] of [["htmx:beforeSend", true], ["htmx:afterRequest", false]]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest("form");
      if (form && form.method === "post") busy(form, on);
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) busy(form, false);
  });

  document.addEventListener("htmx:sendError", () => say(OFFLINE, "error"));
  document.addEventListener("htmx:timeout", () => say(OFFLINE, "error"));
  document.addEventListener("htmx:responseError", () => say(FAILED, "error"));
  window.addEventListener("offline", () => say("Đang mất kết nối. Hãy giữ trang này mở, nội dung đã nhập vẫn còn.", "warning"));
  window.addEventListener("online", () => say("Đã có kết nối trở lại.", "success"));

  // An address says only what is asked for: empty filters are left out, with and without HTMX.
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.method !== "get") return;
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });

  // Back and Forward bring a list as it was; the fields of its filters take what the address says.
  document.addEventListener("htmx:historyRestore", () => {
    const asked = new URLSearchParams(location.search);
    for (const field of document.querySelectorAll("form[hx-get] [name]")) field.value = asked.get(field.name) ?? "";
  });

  // A field that a swap keeps (chosen photos) is tied to the error that came with the new form.
  document.addEventListener("htmx:afterSettle", () => {
    for (const field of document.querySelectorAll("[hx-preserve]")) {
      const notes = [`${field.id}_helptext`, `${field.id}_error`].filter((id) => document.getElementById(id));
      field.setAttribute("aria-describedby", notes.join(" "));
      field.setAttribute("aria-invalid", notes.length > 1);
    }
  });

  // Errors of a form that came back: the summary takes the focus, so it is read out.
  function focusErrors(root) {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));

  // "/" goes to the search field, Escape and a press elsewhere close what hangs open.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.drop[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = [...document.querySelectorAll(".search__input")].find(visible);
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.drop[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const all = event.target.closest("[data-tick-all]");
    if (all) {
      event.preventDefault();
      for (const box of all.closest("form").querySelectorAll("[name=rows]")) box.checked = all.dataset.tickAll !== "";
    }
    const print = event.target.closest("[data-print]");
    if (print) window.print();
  });

  // Whoever rests on a sign of the matrix is told what it says, of which commune and criterion.
  document.addEventListener("mouseover", (event) => {
    const cell = event.target.closest(".matrix tbody td");
    if (!cell || cell.title) return;
    const row = cell.parentElement.cells[0];
    const column = cell.closest("table").tHead.rows;
    const head = column[column.length - 1].cells[cell.cellIndex];
    if (row && head) cell.title = [row, head, cell].map((part) => part.textContent.trim()).join(" · ");
  });

  // A swap keeps the table where the reader had pushed it.
  const places = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    for (const box of event.target.querySelectorAll(".scroll-x[id]")) places.set(box.id, [box.scrollLeft, box.scrollTop]);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, [left, top]] of places) document.getElementById(id)?.scrollTo({ left, top, behavior: "instant" });
    places.clear();
  });
})();
