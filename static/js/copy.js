// Copies a text that stands in a field: one press instead of marking it by hand.
(() => {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    const said = document.getElementById(`${field.id}-said`);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Đã chép.";
    } catch {
      // Without https browsers keep the clipboard; what is marked can still be copied by hand.
      said.textContent = document.execCommand("copy") ? "Đã chép." : "Đã bôi đen, hãy bấm Ctrl+C.";
    }
  });
})();
