// The board: choosing a day goes there, a modality narrows the list, Print prints.
function narrow(address) {
  const words = document.getElementById("board-words").value;
  const where = address || location.pathname;
  history.pushState({}, "", where);
  htmx.ajax(words ? "POST" : "GET", where, { target: "#board", swap: "morph", values: words ? { words } : {} });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-narrows]")) narrow(event.target.selectedOptions[0].dataset.address);
  if (event.target.matches("[data-go-on-change]")) event.target.form.requestSubmit();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
