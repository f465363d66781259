// Names while they are typed, and files with their progress. Everything works without.
{
  const found = async (path, text) => {
    const answer = await fetch(`${path}?q=${encodeURIComponent(text)}`);
    return answer.ok ? answer.json() : [];
  };

  // Fields for people: their list is filled with who fits what is typed last.
  let asking = 0;
  document.addEventListener("input", (event) => {
    const field = event.target.closest("input[data-people]");
    const list = field && document.getElementById(field.getAttribute("list"));
    if (!list || event.inputType === "insertReplacementText") return;
    const several = "several" in field.dataset;
    const [, before, text] = several ? /^(.*[,，、;；]\s*)?(.*)$/s.exec(field.value) : [0, "", field.value];
    clearTimeout(asking);
    if (!text.trim()) return;
    asking = setTimeout(async () => {
      const people = await found(field.dataset.people, text.trim());
      list.replaceChildren(
        ...people.map((one) => {
          const option = document.createElement("option");
          option.value = (before || "") + one.label;
          option.label = `${one.label} · ${one.unit}`;
          return option;
        }),
      );
    }, 150);
  });

  // @name in a text: a list under it, by arrows and Enter or by a click.
  const open = { area: null, box: null, start: 0, at: 0, people: [] };
  const close = () => {
    open.box?.remove();
    open.area?.removeAttribute("aria-activedescendant");
    open.area?.removeAttribute("aria-controls");
    open.area = open.box = null;
  };
  const point = (index) => {
    open.at = (index + open.people.length) % open.people.length;
    open.box.querySelectorAll("li").forEach((row, n) => {
      row.setAttribute("aria-selected", n === open.at);
    });
    open.area.setAttribute("aria-activedescendant", `offered-${open.at}`);
  };
  const take = (index) => {
    const { area, start } = open;
    const rest = area.value.slice(area.selectionStart).replace(/^\s?/, " ");
    const before = `${area.value.slice(0, start)}@${open.people[index].login}`;
    area.value = before + rest;
    area.setSelectionRange(before.length + 1, before.length + 1);
    close();
    area.focus();
  };
  const show = (area, start, people) => {
    close();
    if (!people.length) return;
    const box = document.createElement("div");
    box.className = "offered";
    const list = document.createElement("ul");
    list.id = "offered";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", area.labels[0]?.textContent.trim() || "@");
    people.forEach((one, n) => {
      const row = document.createElement("li");
      row.id = `offered-${n}`;
      row.setAttribute("role", "option");
      const small = document.createElement("small");
      small.textContent = one.unit;
      row.append(`${one.label} `, small);
      row.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(n);
      });
      list.append(row);
    });
    const said = document.createElement("span");
    said.className = "vh";
    said.setAttribute("role", "status");
    said.textContent = area.dataset.saidFound.replace("{n}", people.length);
    box.append(list, said);
    area.after(box);
    Object.assign(open, { area, box, start, people });
    area.setAttribute("aria-controls", "offered");
    point(0);
  };
  document.addEventListener("input", (event) => {
    const area = event.target.closest("textarea[data-mentions]");
    if (!area) return;
    const hit = /(?:^|[^\w.@-])@([\w.\-\u4e00-\u9fff]{1,20})$/.exec(area.value.slice(0, area.selectionStart));
    clearTimeout(asking);
    if (!hit) return close();
    const start = area.selectionStart - hit[1].length - 1;
    asking = setTimeout(async () => show(area, start, await found(area.dataset.mentions, hit[1])), 150);
  });
  document.addEventListener("keydown", (event) => {
    if (!open.area || event.target !== open.area || event.isComposing) return;
    const act = {
      ArrowDown: () => point(open.at + 1),
      ArrowUp: () => point(open.at - 1),
      Enter: () => take(open.at),
      Tab: () => take(open.at),
      Escape: close,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);
  document.addEventListener("focusout", (event) => {
    if (event.target === open.area) close();
  });

  // Files go one by one as soon as they are chosen, each with its progress.
  const send = (form, file) =>
    new Promise((done) => {
      const body = new FormData(form);
      body.delete("files");
      body.append("files", file);
      const row = document.createElement("li");
      const bar = document.createElement("progress");
      const told = form.dataset.saySending.replace("{name}", file.name);
      bar.max = file.size || 1;
      bar.value = 0;
      bar.setAttribute("aria-label", told);
      row.append(told, bar);
      form.querySelector(".sending").append(row);
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        bar.max = event.total;
        bar.value = event.loaded;
      });
      request.addEventListener("load", () => done(request));
      request.addEventListener("error", () => {
        row.textContent = form.dataset.sayLost.replace("{name}", file.name);
        done(null);
      });
      request.open("POST", form.action);
      request.setRequestHeader("HX-Request", "true");
      request.send(body);
    });
  const refusals = (part) => [...part.querySelectorAll("#errsum li")].map((one) => one.textContent);
  const upload = async (form, files) => {
    form.querySelectorAll("button, input").forEach((one) => (one.disabled = one.type !== "hidden"));
    const answers = [];
    for (const file of files) {
      const answer = await send(form, file);
      if (answer) answers.push(answer);
    }
    form.querySelectorAll("button, input").forEach((one) => (one.disabled = false));
    const last = answers.at(-1);
    if (!last) return;
    const parts = answers.map((one) => new DOMParser().parseFromString(one.responseText, "text/html"));
    const card = parts.at(-1).getElementById("talk-files");
    if (!card) {
      document.getElementById("messages").innerHTML = last.responseText;
      return;
    }
    const earlier = parts.slice(0, -1).flatMap(refusals);
    const place = form.closest("#talk-files");
    place.replaceWith(card);
    htmx.process(card);
    prepare(card);
    card.querySelector("#errsum, #f-files")?.focus();
    number(card.dataset.count);
    if (earlier.length) desk.tell(earlier.join(" "), "problem");
  };

  /** How many files there are, at the tab that leads to them. */
  const number = (count) => {
    const tab = document.querySelector('.tabs [href*="part=files"]');
    if (!tab || count === "0") return;
    let place = tab.querySelector(".n");
    if (!place) {
      place = document.createElement("span");
      place.className = "n";
      tab.append(" ", place);
    }
    place.textContent = count;
  };

  const formOf = (event) => event.target.closest?.("#talk-files")?.querySelector("form[data-upload]");
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (form && event.target.type === "file" && event.target.files.length) {
      upload(form, [...event.target.files]);
    }
  });

  // Files dropped on the card go the same way, those dropped on a field of a form are chosen in
  // it; beside both the browser would leave the page for them.
  const isFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!isFiles(event) || event.target.type === "file") return;
    event.preventDefault();
    const form = formOf(event);
    event.dataTransfer.dropEffect = form || event.target.closest?.(".upload") ? "copy" : "none";
    for (const old of document.querySelectorAll(".talk .over")) old.classList.remove("over");
    form?.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    if (!isFiles(event) || event.target.type === "file") return;
    event.preventDefault();
    const { files } = event.dataTransfer;
    const form = formOf(event);
    form?.classList.remove("over");
    if (form) upload(form, [...files]);
    const field = event.target.closest?.(".upload")?.querySelector("input");
    if (!field || (files.length > 1 && !field.multiple)) return;
    field.files = files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.querySelector(".talk .over")?.classList.remove("over");
  });

  // With scripts a file goes as soon as it is chosen: one button is enough.
  const prepare = (root) => {
    for (const form of root.querySelectorAll("form[data-upload]")) form.classList.add("live");
  };
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:after:swap", () => prepare(document));
}
