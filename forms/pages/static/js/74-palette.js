// The command palette: a combobox over a list of links. Focus stays in the field; arrows choose.
{
  let asking = new AbortController();
  let timer = 0;
  const field = () => document.getElementById("pal-q");
  const options = () => [...document.querySelectorAll("#pal-list [role=option]")];
  const chosen = () => document.querySelector("#pal-list [aria-selected=true]");

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) {
      field().removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const move = (step) => {
    const all = options();
    const place = all.indexOf(chosen());
    choose(all[(place + step + all.length) % all.length] ?? null);
  };

  const ask = async (words) => {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/palette?q=${encodeURIComponent(words)}`, {
        headers: { "HX-Request": "true" },
        signal: asking.signal,
      });
      if (!answer.ok) return;
      document.getElementById("pal-results").innerHTML = await answer.text();
      choose(words ? options()[0] : null);
    } catch (error) {
      // What was typed since asks for itself; without a network the last results stay.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.id !== "pal-q") return;
    clearTimeout(timer);
    timer = setTimeout(ask, 120, event.target.value.trim());
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "pal-q" || event.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(chosen() ? -1 : 0);
    else if (event.key === "Enter" && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
}
