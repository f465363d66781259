// Draws a diagram with what was done, where the order is, and what it calls. Loaded on pages that
// have one; the table below the diagram says the same.
import { Viewer } from "../vendor/bpmn-io/viewer.js";

// Below this scale names cannot be read: then the place that matters is shown, not all.
const READABLE = 0.8;
// Room left around what is shown, for names and badges.
const AROUND = 80;
// Below this scale the badges of what is done would lie over each other.
const CROWDED = 0.5;

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
    overlays.add(id, {
      position: { top: -14, left: -4 },
      scale: { min: 0.85, max: 1 },
      show: { minZoom: state === "done" ? CROWDED : 0 },
      html: pill,
    });
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
  const elements = viewer.get("elementRegistry");
  const wanted = focus.map((id) => elements.get(id)).filter(Boolean);
  if (canvas.zoom() >= READABLE || !wanted.length) return;
  const { inner } = canvas.viewbox();
  const size = canvas.getSize();
  const room = (box) => Math.min(size.width / (box.width + AROUND), size.height / (box.height + AROUND));
  const box = surroundings(wanted, (wider) => room(wider) >= READABLE);
  const scale = Math.max(READABLE, Math.min(1, room(box)));
  const width = size.width / scale;
  const height = size.height / scale;
  canvas.viewbox({
    x: within(box.x + box.width / 2 - width / 2, inner.x, inner.width - width),
    y: within(box.y + box.height / 2 - height / 2, inner.y, inner.height - height),
    width,
    height,
  });
}

// What matters first, then what comes before and after it, step by step, while there is room.
function surroundings(wanted, fits) {
  const holders = (element) => element.children.some((child) => child.type !== "label");
  const known = new Set(wanted);
  let box = wanted.find((element) => !holders(element)) ?? wanted[0];
  for (const element of known) {
    const wider = join(box, element);
    if (holders(element) || !fits(wider)) continue;
    box = wider;
    for (const flow of [...element.incoming, ...element.outgoing]) {
      if (flow.type === "bpmn:SequenceFlow") known.add(flow.source).add(flow.target);
    }
  }
  return box;
}

function join(one, other) {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
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
  // A diagram that was taken off the page has no size to fit into.
  new ResizeObserver(() => place.clientWidth && show()).observe(place);
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
