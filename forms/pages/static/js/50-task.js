// The form of a task: kept as a draft while one types. What cannot be saved stays in the window.
{
  const PAUSE = 2000;
  const LONGEST = 60_000;
  let form = null;
  let kept = "";
  let timer = 0;
  let wait = PAUSE;
  let isFailing = false;
  let isStopped = false;
  let running = Promise.resolve(true);

  /** What the person filled in, without files (they go with the form) and our own fields, but for
   *  those that tell which fields other answers may have hidden since. */
  const filled = (own) => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(own)) {
      const isOurs = name.startsWith("_") && name !== "_guarded";
      if (typeof value === "string" && !isOurs) values.append(name, value);
    }
    return values;
  };

  const isDirty = () => form !== null && filled(form).toString() !== kept;

  const say = (own, word) => {
    const place = document.querySelector("#draft-state [role=status]");
    if (place && own.isConnected) place.textContent = own.dataset[word];
  };

  const retry = (own, word) => {
    isFailing = true;
    say(own, word);
    clearTimeout(timer);
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, LONGEST);
  };

  const takeState = async (own, answer, values) => {
    const part = document.createElement("template");
    part.innerHTML = await answer.text();
    const state = part.content.querySelector("#draft-state");
    kept = values;
    wait = PAUSE;
    isFailing = false;
    own.elements._draft.value = state.dataset.version;
    const place = document.getElementById("draft-state");
    if (!own.isConnected || !place) return;
    place.replaceWith(state);
    htmx.process(state);
  };

  const showConflict = async (own, answer) => {
    isStopped = true;
    document.getElementById("draft-conflict")?.remove();
    document.querySelector("#detail .notes").insertAdjacentHTML("afterbegin", await answer.text());
    say(own, "sayConflict");
    document.querySelector("#draft-conflict [data-keep]").focus();
  };

  /** Send the draft once; whether the window holds nothing unsaved now. */
  const send = async (keepalive) => {
    const own = form;
    if (own === null || isStopped) return !isDirty();
    const values = filled(own);
    const text = values.toString();
    if (text === kept) return true;
    values.set("_draft", own.elements._draft.value);
    let answer = null;
    try {
      const headers = { "HX-Request": "true" };
      answer = await fetch(own.dataset.draft, { method: "POST", body: values, headers, keepalive });
    } catch {
      retry(own, "sayOffline");
      return false;
    }
    if (answer.ok) await takeState(own, answer, text);
    else if (answer.status === 401) retry(own, "saySignedOut");
    else if (answer.status >= 500) retry(own, "sayFailed");
    else if (answer.status === 413) say(own, "sayTooLarge");
    else if (answer.headers.get("HX-Retarget")) {
      isStopped = true;
      say(own, "sayRefused");
    }
    else await showConflict(own, answer);
    return answer.ok;
  };

  const save = (keepalive = false) => {
    clearTimeout(timer);
    running = running.then(() => send(keepalive === true));
    return running;
  };

  /** Look at the form the page shows now. */
  const begin = () => {
    const found = document.querySelector("#taskform[data-draft]");
    if (found === form) return;
    clearTimeout(timer);
    form = found;
    isStopped = isFailing = false;
    wait = PAUSE;
    kept = found === null || found.hasAttribute("data-dirty") ? "" : filled(found).toString();
    if (isDirty()) timer = setTimeout(save, PAUSE);
  };

  const noticeTyping = (event) => {
    if (form === null || !form.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(save, isFailing ? wait : PAUSE);
  };
  document.addEventListener("input", noticeTyping);
  document.addEventListener("change", noticeTyping);
  document.addEventListener("DOMContentLoaded", begin);
  window.addEventListener("online", () => isFailing && save());
  window.addEventListener("focus", () => isFailing && save());
  window.addEventListener("beforeunload", (event) => {
    if (!isDirty()) return;
    if (isFailing || isStopped) event.preventDefault();
    else save(true);
  });

  // Before the form goes away its draft is saved; before it is sent a running save ends.
  const stay = () => new DOMException("The form stays.", "AbortError");
  const sent = async (own, asked) => {
    await running;
    try {
      return await window.fetch(...asked);
    } catch {
      retry(own, "sayUnsent");
      throw stay();
    }
  };
  const left = async (own, asked) => {
    if (!(await save()) && !window.confirm(own.dataset.sayLeave)) throw stay();
    return window.fetch(...asked);
  };
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const own = form;
    const source = ctx.sourceElement;
    ctx.isTab = source.hasAttribute("data-part");
    if (own === null || (ctx.request.method === "GET" && ctx.target?.id !== "detail")) return;
    if (source === own || source.hasAttribute("data-discard")) {
      clearTimeout(timer);
      ctx.fetch = (...asked) => sent(own, asked);
    } else if (!own.contains(source)) ctx.fetch = (...asked) => left(own, asked);
  });

  // After a swap: the new task is announced by its heading, a tab keeps the focus.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    begin();
    if (ctx?.target?.id !== "detail" || document.getElementById("errsum")) return;
    const place = ctx.isTab ? "#detail [data-part][aria-current]" : "#dt";
    document.querySelector(place)?.focus({ preventScroll: true });
    if (ctx.request.method === "POST") document.dispatchEvent(new Event("desk:changed"));
  });

  /** Chosen files go with the whole form, as without scripts: the page is loaded anew. */
  const sendWhole = async (button) => {
    clearTimeout(timer);
    await running;
    if (button.name) form.elements[button.name].value = button.value;
    kept = filled(form).toString();
    form.setAttribute("action", button.getAttribute("formaction"));
    HTMLFormElement.prototype.submit.call(form);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save], [data-keep]");
    if (button === null || form === null) return;
    event.preventDefault();
    if ([...form.querySelectorAll("input[type=file]")].some((one) => one.files.length)) {
      sendWhole(button);
      return;
    }
    if (button.hasAttribute("data-keep")) {
      const conflict = document.getElementById("draft-conflict");
      conflict.remove();
      form.elements._draft.value = conflict.dataset.version;
      isStopped = false;
    }
    kept = null;
    save();
  });

  // The second half of a double click would meet the next task, which nobody has seen yet.
  const isHasty = (event) => event.detail > 1 && event.target.closest("#complete");
  document.addEventListener("click", (event) => isHasty(event) && event.preventDefault(), true);

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      if (!event.repeat) document.getElementById("complete")?.click();
      return;
    }
    if (event.key !== "e" || desk.isTyping(event) || event.ctrlKey || event.metaKey) return;
    if (event.altKey) return;
    const fields = "input:not([type=hidden]):not([disabled]), select, textarea";
    const first = document.querySelector("#taskform")?.querySelector(fields);
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
}
// Links and texts to copy.
{
  const copy = async (event, text, said) => {
    if (!navigator.clipboard) return;
    event.preventDefault();
    await navigator.clipboard.writeText(text);
    desk.tell(said);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-copy]");
    if (link) copy(event, link.href, link.dataset.copy);
    const button = event.target.closest("[data-copy-of]");
    if (button) copy(event, document.getElementById(button.dataset.copyOf).value, button.dataset.said);
  });
  const show = () => {
    for (const one of document.querySelectorAll("[data-copy-of]")) one.hidden = !navigator.clipboard;
    for (const one of document.querySelectorAll("[data-print]")) one.hidden = false;
  };
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}
// A menu closes by a click beside it and by Escape.
{
  const close = (but) => {
    for (const menu of document.querySelectorAll("details.more-acts[open]")) {
      if (menu !== but) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.more-acts")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.more-acts[open]");
    if (event.key !== "Escape" || menu === null) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
