// The list beside the task: keys, ticked rows, and news without losing one's place.
{
  const list = () => document.getElementById("list");
  const rows = () => [...document.querySelectorAll("#rows .row")];
  const boxes = () => [...document.querySelectorAll("#rows input[name=task]")];
  const openTask = () => document.getElementById("detail")?.dataset.task;

  // ---- the row of the open task ---------------------------------------------------------

  const markOpen = () => {
    const own = list();
    if (!own) return;
    const id = openTask();
    document.querySelector(".shell").classList.toggle("has-task", Boolean(id));
    for (const row of rows()) {
      const isOn = row.id === `row-${id}`;
      row.classList.toggle("on", isOn);
      const link = row.querySelector(".t");
      if (isOn) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    // The page has one heading of the first rank: the open task's, else the list's.
    const old = own.querySelector(".lt");
    const rank = id ? "H2" : "H1";
    if (old.tagName === rank) return;
    const heading = document.createElement(rank);
    heading.className = "lt";
    heading.append(...old.childNodes);
    old.replaceWith(heading);
  };

  const move = (step) => {
    const all = rows();
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const from = at < 0 ? all.findIndex((row) => row.classList.contains("on")) : at;
    const to = all[from < 0 && step < 0 ? all.length - 1 : from + step];
    if (!to) return;
    to.scrollIntoView({ block: "nearest" });
    to.querySelector(".t").click();
  };

  // ---- ticked rows ----------------------------------------------------------------------

  let last = null;
  const count = () => {
    const bar = list()?.querySelector(".bulk");
    if (!bar) return;
    const number = boxes().filter((box) => box.checked).length;
    bar.querySelector("[data-picked]").textContent = number || "";
    if (number) bar.open = true;
  };
  const untick = (isKept = () => false) => {
    for (const box of boxes()) box.checked = box.checked && isKept(box.value.split(".")[0]);
    count();
  };
  document.addEventListener("click", (event) => {
    const box = event.target.closest("#rows input[name=task]");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const each of all.slice(from, to + 1)) each.checked = box.checked;
    }
    last = box;
    count();
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id === "bulk") setTimeout(untick);
  });
  document.addEventListener("desk:done", () => {
    document.getElementById("dialog").close();
    untick();
  });

  const tick = () => {
    const row = rows().find((each) => each.contains(document.activeElement));
    const box = (row || document.querySelector("#rows .row.on"))?.querySelector("input");
    box?.click();
  };

  document.addEventListener("keydown", (event) => {
    if (!list() || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (desk.isTyping(event) && !event.target.closest("#rows")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") tick();
  });

  // ---- menus ----------------------------------------------------------------------------

  const closeMenus = (isLeft) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (isLeft(menu)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => {
    closeMenus((menu) => !menu.contains(event.target) || event.target.closest("a"));
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // ---- news -----------------------------------------------------------------------------

  let known = null;
  let isWanted = false;
  const refresh = async (isTold) => {
    const own = list();
    if (own.querySelector("details[data-menu][open]")) return;
    const query = new URLSearchParams(own.dataset.query);
    query.set("shown", rows().length);
    if (openTask()) query.set("current", openTask());
    await htmx.ajax("GET", `/inbox/list?${query}`, { target: "#list", swap: "outerMorph" });
    const place = document.getElementById("list-news");
    const total = list().querySelector(".lt small").textContent;
    if (isTold && place) place.textContent = `${place.dataset.text} ${total}`;
  };
  document.addEventListener("desk:changed", () => {
    isWanted = true;
  });
  document.addEventListener("desk:counters", ({ detail }) => {
    if (!list()) return;
    const number = detail[list().dataset.tab];
    const isNews = known !== null && known !== number;
    const isOwn = isWanted;
    known = number;
    isWanted = false;
    if (isOwn || isNews) refresh(!isOwn);
  });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const dialog = document.getElementById("dialog");
    if (ctx.target === dialog && dialog.firstElementChild && !dialog.open) dialog.showModal();
    const failed = dialog?.querySelector("[data-failed]")?.dataset.failed.split(",");
    if (ctx.target === dialog && failed) untick((id) => failed.includes(id));
    markOpen();
    count();
  });
  document.addEventListener("DOMContentLoaded", count);
}
