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
  }).catch(() => {});
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
    show(toldTitle, `${told} (${now})`);
  });

  // Browsers of phones have the class, but let only service workers use it.
  const show = (title, body) => {
    try {
      const note = new Notification(title, { body, tag: "escalated" });
      note.onclick = () => {
        window.focus();
        location.href = "/inbox?tab=escalated";
      };
      return true;
    } catch {
      return false;
    }
  };

  // The question is asked only on a click; the answer is kept by this device.
  const ask = async () => {
    const answer = isPossible() ? await Notification.requestPermission() : "";
    const { toldTitle, toldFirst } = document.getElementById("notify-here").dataset;
    const isOn = answer === "granted" && show(toldTitle, toldFirst);
    if (isOn) localStorage.setItem(key, who());
    say(isOn ? "" : answer === "granted" ? "missing" : state());
  };
  const isPossible = () => "Notification" in window && window.isSecureContext;
  /** What keeps this device from showing notifications; "here" if nothing but a click. */
  const state = () => {
    if (!isPossible()) return "missing";
    return Notification.permission === "denied" ? "denied" : "here";
  };
  const say = (word) => {
    for (const each of ["here", "denied", "missing"]) {
      document.getElementById(`notify-${each}`).hidden = each !== word;
    }
  };
  document.addEventListener("change", (event) => {
    const box = event.target.closest("input[data-notify]");
    if (box?.checked) ask();
    else if (box) {
      localStorage.removeItem(key);
      say("");
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#notify-here button")) ask();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("input[data-notify]");
    if (box?.checked) say(isWanted() ? "" : state());
  });
}
