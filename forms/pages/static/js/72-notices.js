// Whoever opens what a notice is about has read it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reads]");
  if (!link) return;
  const body = new URLSearchParams({ id: link.dataset.reads });
  fetch("/notifications/read", {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    keepalive: true,
  });
});

// Escalations as notifications of the browser, on devices where somebody asked for it.
{
  const key = "desk.notify";
  const seen = "desk.escalated";
  const who = () => document.querySelector("[data-counters]")?.dataset.person ?? "";
  const isWanted = () =>
    "Notification" in window &&
    Notification.permission === "granted" &&
    localStorage.getItem(key) === who();

  document.addEventListener("desk:counters", (event) => {
    const now = event.detail.escalated ?? 0;
    const before = Number(sessionStorage.getItem(seen) ?? now);
    sessionStorage.setItem(seen, String(now));
    if (now <= before || !isWanted()) return;
    const { told, toldTitle } = document.querySelector("[data-counters]").dataset;
    const note = new Notification(toldTitle, { body: `${told} (${now})`, tag: "escalated" });
    note.onclick = () => {
      window.focus();
      location.href = "/inbox?tab=escalated";
    };
  });

  // The question is asked only on a click; the answer is kept by this device.
  const ask = async () => {
    const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
    if (answer === "granted") localStorage.setItem(key, who());
    document.getElementById("notify-denied").hidden = answer === "granted";
    document.getElementById("notify-here").hidden = answer === "granted";
  };
  document.addEventListener("change", (event) => {
    const box = event.target.closest("input[data-notify]");
    if (box?.checked) ask();
    else if (box) localStorage.removeItem(key);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#notify-here button")) ask();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("input[data-notify]");
    if (box?.checked) document.getElementById("notify-here").hidden = isWanted();
  });
}
