// Progressive enhancement only: every page and form works without scripts.
"use strict";
const desk = {
  /** Show a short message; it goes away by itself. */
  tell(text, tone = "done") {
    const toast = document.createElement("div");
    toast.className = `toast ${tone}`;
    toast.textContent = text;
    document.getElementById("messages").replaceChildren(toast);
    if (tone !== "problem") fade(toast);
  },

  /** Say that the desk does not answer; nothing on the page changes. */
  tellLost: () => desk.tell(document.getElementById("messages").dataset.lost, "problem"),

  /** Whether an answer is no page of the desk, but of a proxy that does not reach it. */
  isForeign: ({ status, headers }) =>
    (status >= 500 || status === 413) && !headers.get("HX-Retarget"),

  /** Whether keys go into a field. */
  isTyping: (event) => event.target.closest("input, textarea, select, [contenteditable]") !== null,

  /** Load a part of a page into a dialog and open it. */
  async open(path, dialog = document.getElementById("dialog")) {
    const answer = await fetch(path, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer === null || desk.isForeign(answer)) {
      desk.tellLost();
      return;
    }
    const moved = answer.headers.get("HX-Redirect");
    if (moved) {
      location.href = moved;
      return;
    }
    const target = answer.ok ? dialog : document.getElementById("messages");
    target.innerHTML = await answer.text();
    if (answer.ok) {
      htmx.process(dialog);
      if (!dialog.open) dialog.showModal();
      dialog.querySelector("[autofocus]")?.focus();
    }
  },
};

// Links with data-dialog open in a dialog; without scripts they are pages of their own.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  desk.open(link.href);
});

// A dialog closes by its [data-close] buttons and by a click beside it.
document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (event.target === dialog || event.target.closest("[data-close]")) {
    event.preventDefault();
    dialog.close();
  }
});

// No answer, or none of the desk: what is on the page stays. Parts that ask by themselves say so
// in their own way.
document.addEventListener("htmx:error", ({ target, detail: { error } }) => {
  if (error instanceof TypeError && target.dataset?.refresh === undefined) desk.tellLost();
});
document.addEventListener("htmx:before:response", (event) => {
  const { response } = event.detail.ctx;
  if (!desk.isForeign(response)) return;
  event.preventDefault();
  if (event.target.dataset?.refresh === undefined) desk.tellLost();
});

// After a part of the page was replaced: what is wrong gets the focus.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // What goes on in the list beside a task is no reason to leave the field one is in.
  if (ctx.target?.id !== "list" && ctx.target?.id !== "more") {
    document.getElementById("errsum")?.focus();
  }
});
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("errsum")?.focus();
});

// Messages that only tell go away by themselves; problems stay until the next one.
const fade = (toast) => setTimeout(() => toast.remove(), 8000);
const fadeAll = () => {
  for (const toast of document.querySelectorAll("[data-fades]")) {
    delete toast.dataset.fades;
    fade(toast);
  }
};
document.addEventListener("DOMContentLoaded", fadeAll);
document.addEventListener("htmx:after:swap", fadeAll);

// A row of tabs may be wider than the screen: the current one is brought into sight.
{
  const show = () => {
    for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
      const row = tab.parentElement;
      const place = tab.getBoundingClientRect();
      const room = row.getBoundingClientRect();
      row.scrollLeft += place.left - room.left - (room.width - place.width) / 2;
    }
  };
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id === "detail") show();
  });
}

// Who fills in a field that belongs to one of the choices above it has made that choice.
document.addEventListener("input", ({ target }) => {
  if (!target.dataset.ticks || !target.value) return;
  const [name, value] = target.dataset.ticks.split("=");
  for (const choice of target.form.querySelectorAll(`[name="${name}"]`)) {
    if (choice.value === value) choice.checked = true;
  }
});
