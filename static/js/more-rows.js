// One more row of a form's list: the template's copy with the next number, as Django's formsets count.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-another-row]");
  const rows = button?.closest("[data-rows]");
  const total = rows?.querySelector("[name$=-TOTAL_FORMS]");
  if (!total) return;
  const holder = document.createElement("div");
  holder.innerHTML = rows.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  button.before(row);
  total.value = Number(total.value) + 1;
  row.querySelector("input")?.focus();
});
