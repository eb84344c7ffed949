// A session that ended in the middle of work: what could not be sent waits, and is sent again.
const on = addEventListener;
const waiting = new Map();  // element → how it was sent
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
const account = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-Page-Account"];

// Signing in and out change the token: a page that Back shows as it was left is asked for again, so
// that nobody reads on in that of who sat here before.
const drawnWith = token();
on("pageshow", ({ persisted }) => persisted && token() !== drawnWith && location.reload());

// What stood here before sends the token of a new sign-in. Every form says for whom its page was
// drawn, so that it is never sent as somebody else.
on("htmx:configRequest", ({ detail }) => {
  if (token()) detail.headers["X-CSRFToken"] = token();
});
on("formdata", ({ target, formData }) => {
  if (target.method !== "post" || !formData.has("csrfmiddlewaretoken")) return;
  if (token()) formData.set("csrfmiddlewaretoken", token());
  if (account()) formData.set("page_account", account());
});

on("htmx:beforeSwap", ({ detail }) => {
  if (!detail.xhr.getResponseHeader("X-Send-Again")) return;
  // Such an answer is ours, whatever its status: a server in between has no such header.
  detail.shouldSwap = true;
  detail.isError = false;
  const { elt } = detail.requestConfig;
  waiting.set(elt, detail.requestConfig);
  // A second refusal leaves the panel as it is: somebody may be typing his password into it.
  if (detail.xhr.status === 401 && elt.id !== "sign-in-panel" && document.getElementById("sign-in-panel")) detail.shouldSwap = false;
});

function sendAgain() {
  for (const [elt, { verb, path, triggeringEvent }] of waiting) {
    if (!elt.isConnected) continue;
    if (elt.matches("form") && triggeringEvent?.type === "submit") elt.requestSubmit(triggeringEvent.submitter);
    else htmx.ajax(verb, path, { source: elt, event: triggeringEvent });
  }
  waiting.clear();
}
on("signed-in", sendAgain);
on("click", ({ target }) => target.closest("[data-send-again]") && sendAgain());
