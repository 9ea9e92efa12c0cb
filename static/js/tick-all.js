// A tick in the head of a table ticks all its rows; it stands half-ticked while some are.
const boxesOf = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-tick-all]");
  if (!form) return;
  const all = form.querySelector("[data-all]");
  const boxes = boxesOf(form);
  if (event.target === all) for (const box of boxes) box.checked = all.checked;
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  for (const box of boxes) box.setAttribute("data-touched", "");
});
