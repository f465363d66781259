// Single keys; see the list in the page behind "?".
{
  let isGoing = false;
  const places = { i: "/inbox", o: "/orders", n: "/start" };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      desk.open("/palette", document.getElementById("palette"));
      return;
    }
    if (desk.isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (isGoing && places[event.key]) {
      location.href = places[event.key];
      return;
    }
    isGoing = event.key === "g";
    if (event.key === "?") document.getElementById("keys").showModal();
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    desk.open("/palette", document.getElementById("palette"));
  });
}
