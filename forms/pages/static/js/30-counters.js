// Numbers of the navigation: asked for every 25 s or so, less often after failures, not at all
// while nobody looks. The browser sends the ETag by itself; 304 costs next to nothing.
{
  const usual = 25_000;
  const longest = 300_000;
  let wait = usual;
  let timer = 0;
  const show = (numbers) => {
    for (const place of document.querySelectorAll("[data-counter]")) {
      const number = numbers[place.dataset.counter] ?? 0;
      place.textContent = number === 0 ? "" : number >= 1000 ? "999+" : String(number);
    }
    document.dispatchEvent(new CustomEvent("desk:counters", { detail: numbers }));
  };
  const ask = async () => {
    clearTimeout(timer);
    const nav = document.querySelector("[data-counters]");
    if (!nav || document.hidden) return;
    try {
      const answer = await fetch(nav.dataset.counters);
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      wait = usual;
    } catch {
      wait = Math.min(wait * 2, longest);
    }
    timer = setTimeout(ask, wait * (0.8 + 0.4 * Math.random()));
  };
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("desk:changed", ask);
  document.addEventListener("DOMContentLoaded", ask);
  window.addEventListener("focus", ask);
}
