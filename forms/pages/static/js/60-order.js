// Diagrams: the viewer is loaded only where there is one, also after a part of the page was
// replaced.
{
  const draw = async (place) => {
    place.dataset.drawn = "";
    if (!document.querySelector(`link[href="${place.dataset.style}"]`)) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = place.dataset.style;
      document.head.append(style);
      await new Promise((done) => (style.onload = style.onerror = done));
    }
    try {
      await (await import(place.dataset.module)).draw(place);
    } catch {
      // No room is kept for what does not come.
      place.dataset.drawn = "not";
      place.querySelector("[data-problem]").hidden = false;
    }
  };
  const look = () => {
    document.querySelectorAll("[data-diagram]:not([data-drawn])").forEach(draw);
  };
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:after:swap", look);
}
