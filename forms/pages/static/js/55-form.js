// Forms whose parts depend on each other are drawn again by the server while one fills them in.
{
  document.documentElement.classList.add("js");
  const PAUSE = 150;
  let timer = 0;
  let isAsking = false;

  const sheetOf = (element) => element.closest("[data-sheet]");
  const typed = (form) => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "_once") values.append(name, value);
    }
    return values;
  };

  /** What the server drew is how the controls stand; what has the focus is left alone. */
  const settle = (sheet) => {
    for (const control of sheet.querySelectorAll("input, textarea, option")) {
      if (control === document.activeElement || control.type === "file") continue;
      if (control.tagName === "OPTION") control.selected = control.defaultSelected;
      else if (control.type === "checkbox" || control.type === "radio") control.checked = control.defaultChecked;
      else if (control.value !== control.defaultValue) control.value = control.defaultValue;
    }
  };

  /** Draw the form again; with the name and value of a button if one was pressed. */
  const redraw = async (sheet, button = null) => {
    clearTimeout(timer);
    if (isAsking) {
      timer = setTimeout(redraw, PAUSE, sheet, button);
      return;
    }
    const form = sheet.closest("form");
    const sent = typed(form);
    const body = new URLSearchParams(sent);
    if (button) body.append(button.name, button.value);
    isAsking = true;
    let text = "";
    try {
      const answer = await fetch(sheet.dataset.sheet, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.ok) text = await answer.text();
    } catch {
      // Without a connection the form stays as it is; the next change asks again.
    } finally {
      isAsking = false;
    }
    if (!text || !sheet.isConnected) return;
    if (typed(form).toString() !== sent.toString()) {
      redraw(sheet, button);
      return;
    }
    await htmx.swap({ text, target: sheet, sourceElement: sheet, swap: "outerMorph" });
    settle(sheet);
    tellAll(sheet);
    echoAll();
    if (button) point(sheet, button);
  };

  /** After a row came or went the focus is at the new row, or where one can add another. */
  const point = (sheet, button) => {
    const path = button.name === "_add" ? button.value : button.value.replace(/\.\d+$/, "");
    const list = document.getElementById(`f-${path}`);
    const rows = list ? list.querySelectorAll(":scope > fieldset") : [];
    const last = button.name === "_add" ? rows[rows.length - 1] : null;
    const found = last?.querySelector("input:not([type=hidden]), select, textarea");
    (found || list || sheet).focus();
  };

  const later = (event) => {
    if (!event.target.closest("[data-redraws]") || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(redraw, PAUSE, sheetOf(event.target));
  };
  document.addEventListener("input", later);
  document.addEventListener("change", later);
  document.addEventListener("compositionend", later);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sheet] button[formaction]");
    if (!button) return;
    event.preventDefault();
    if (button.name !== "_update") redraw(sheetOf(button), button);
  });

  // A part that was drawn again is no new page: nobody else need move the focus.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.id === "sheet") event.stopPropagation();
  }, true);

  // Names of newly chosen files, in place of what the browser would write.
  const tell = (input) => {
    const told = input.parentElement.querySelector(".chosen");
    told.textContent = [...input.files].map((file) => file.name).join(" · ");
  };
  const tellAll = (sheet) => sheet.querySelectorAll(".upload input").forEach(tell);
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".upload input")) tell(target);
  });

  // The page around a start form is drawn anew. What was chosen is kept there: not sent twice.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const main = ctx?.target?.id === "main" && document.getElementById("main");
    const sheet = main && document.getElementById("sheet");
    if (!sheet) return;
    settle(main);
    sheet.querySelectorAll(".upload input").forEach((input) => {
      input.value = "";
      tell(input);
    });
    // The customer was picked: on to what the order is about.
    if (document.activeElement === document.body) sheet.querySelector("input:not([type=hidden])")?.focus();
  });

  // Records to choose from: the browser lists what the server finds for what is typed.
  let asked = null;
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-records]");
    if (!field || event.isComposing) return;
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const path = new URL(field.dataset.records, location.href);
      path.searchParams.set("q", field.value);
      const answer = await fetch(path, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.ok) field.list.innerHTML = await answer.text();
    }, 200);
  });

  // Browsers write dates in their own language. Where that is not the page's, the chosen one is
  // written again under the field.
  const page = document.documentElement.lang;
  const isForeign = new Intl.DateTimeFormat().resolvedOptions().locale.slice(0, 2) !== page.slice(0, 2);
  const styles = {
    "date": { dateStyle: "long" },
    "datetime-local": { dateStyle: "long", timeStyle: "short", hourCycle: "h23" },
  };
  const echo = (input) => {
    const style = styles[input.type];
    if (!style) return;
    let place = input.parentElement.querySelector(".echo");
    if (!place) {
      place = document.createElement("p");
      place.className = "help echo";
      input.after(place);
    }
    const at = input.value && new Date(input.type === "date" ? `${input.value}T00:00` : input.value);
    place.textContent = at ? new Intl.DateTimeFormat(page, style).format(at) : "";
  };
  const echoAll = () => {
    if (isForeign) document.querySelectorAll("input[type=date], input[type=datetime-local]").forEach(echo);
  };
  document.addEventListener("DOMContentLoaded", echoAll);
  document.addEventListener("htmx:after:swap", echoAll);
  document.addEventListener("input", ({ target }) => isForeign && echo(target));
}
