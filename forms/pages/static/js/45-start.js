// The page on which a work order is opened: Ctrl+Enter sends it; Enter while looking for a
// customer looks them up instead of opening anything.
document.addEventListener("keydown", (event) => {
  const form = document.getElementById("startform");
  if (!form || event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) form.requestSubmit(form.querySelector("footer .btn.p"));
  else if (event.target.id === "f-_customer") form.requestSubmit(form.elements._find);
  else return;
  event.preventDefault();
});
