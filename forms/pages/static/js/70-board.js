// Parts of pages that ask again every data-refresh seconds while somebody looks. Their htmx
// request hangs on the event "refresh"; what did not change is a 304 and swaps nothing.
{
  const longest = 600;
  const waits = new WeakMap();
  const usual = (part) => Number(part.dataset.refresh);
  const due = new WeakMap();
  const look = () => {
    if (document.hidden) return;
    const moment = Date.now() / 1000;
    for (const part of document.querySelectorAll("[data-refresh]")) {
      if (!due.has(part)) due.set(part, moment + usual(part));
      // Not under somebody's hands: an open dialog or a field in use would lose its place.
      if (moment < due.get(part) || document.querySelector("dialog[open]")) continue;
      due.set(part, moment + (waits.get(part) ?? usual(part)));
      htmx.trigger(part, "refresh");
    }
  };
  document.addEventListener("htmx:finally:request", (event) => {
    const part = event.target;
    if (part.dataset?.refresh === undefined) return;
    const status = event.detail.ctx?.response?.status ?? 0;
    const failed = status === 0 || status >= 400;
    const wait = failed ? Math.min((waits.get(part) ?? usual(part)) * 2, longest) : usual(part);
    waits.set(part, wait);
    const stale = document.getElementById("stale");
    if (stale) stale.hidden = !failed;
    due.set(part, Date.now() / 1000 + wait);
  });
  const now = () => {
    document.querySelectorAll("[data-refresh]").forEach((part) => due.set(part, 0));
    look();
  };
  document.addEventListener("visibilitychange", now);
  window.addEventListener("online", now);
  setInterval(look, 1000);

  // Filters that apply as soon as they are chosen; without scripts there is a button.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submits]");
    if (form) form.requestSubmit();
  });
}
