// Draws a diagram with what was done, where the order is, and what it calls. Loaded on pages that
// have one; the table below the diagram says the same.
import { Viewer } from "../vendor/bpmn-io/viewer.js";

// Below this scale names cannot be read: then the place that matters is shown, not all.
const READABLE = 0.8;

/** Draw into a place that names its source and marks. */
export async function draw(place) {
  const answer = await fetch(place.dataset.diagram);
  if (!answer.ok) throw new Error(String(answer.status));
  const viewer = new Viewer({
    container: place,
    // The wheel belongs to the page.
    zoomScroll: { enabled: false },
  });
  await viewer.importXML(await answer.text());
  const marks = JSON.parse(place.dataset.marks);
  paint(viewer, marks);
  label(place);
  const show = () => fit(viewer, marks.focus);
  show();
  buttons(place, viewer, show);
  lead(place, viewer, marks);
}

function paint(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const elements = viewer.get("elementRegistry");
  for (const [id, { state, badge }] of Object.entries(marks.nodes)) {
    if (!elements.get(id)) continue;
    canvas.addMarker(id, `is-${state}`);
    if (!badge) continue;
    const pill = document.createElement("div");
    pill.className = `ov ${state}`;
    pill.textContent = badge;
    overlays.add(id, { position: { top: -12, left: 6 }, scale: { min: 0.9, max: 1 }, html: pill });
  }
  for (const id of marks.flows) if (elements.get(id)) canvas.addMarker(id, "is-taken");
  for (const id of Object.keys(marks.calls)) if (elements.get(id)) canvas.addMarker(id, "is-link");
}

function label(place) {
  const drawing = place.querySelector("svg[data-element-id], .djs-container > svg");
  drawing?.setAttribute("role", "img");
  drawing?.setAttribute("aria-label", place.getAttribute("aria-label"));
}

function fit(viewer, focus) {
  const canvas = viewer.get("canvas");
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
  const element = focus && viewer.get("elementRegistry").get(focus);
  if (canvas.zoom() >= READABLE || !element) return;
  const { inner } = canvas.viewbox();
  const size = canvas.getSize();
  const width = size.width / READABLE;
  const height = size.height / READABLE;
  canvas.viewbox({
    x: within(element.x + element.width / 2 - width / 2, inner.x, inner.width - width),
    y: within(element.y + element.height / 2 - height / 2, inner.y, inner.height - height),
    width,
    height,
  });
}

// Nothing but margin is shown beyond the edges of the drawing; what is smaller stands in the middle.
function within(wanted, start, spare) {
  const margin = 30;
  if (spare < 0) return start + spare / 2;
  return Math.min(Math.max(wanted, start - margin), start + spare + margin);
}

function buttons(place, viewer, show) {
  const canvas = viewer.get("canvas");
  const bar = place.querySelector(".zoom");
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (wanted === "in") canvas.zoom(canvas.zoom() * 1.25);
    else if (wanted === "out") canvas.zoom(canvas.zoom() / 1.25);
    else if (wanted === "fit") canvas.zoom("fit-viewport", "auto");
  });
  new ResizeObserver(show).observe(place);
}

// A click leads to the called diagram, or to the row that tells of the element.
function lead(place, viewer, marks) {
  viewer.on("element.click", ({ element }) => {
    const path = marks.calls[element.id];
    if (path) {
      location.href = path;
      return;
    }
    const rows = document.querySelectorAll(`tr[data-element="${CSS.escape(element.id)}"]`);
    for (const other of document.querySelectorAll("tr.shown")) other.classList.remove("shown");
    for (const row of rows) row.classList.add("shown");
    rows[rows.length - 1]?.scrollIntoView({ block: "nearest" });
  });
}
