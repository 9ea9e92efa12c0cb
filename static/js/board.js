// The board: choosing a day goes there, Print prints.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-go-on-change]")) event.target.form.requestSubmit();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
