// Says which photos were chosen, beside the button that chooses them.
function tell(input) {
  const place = input.closest(".field-photo")?.querySelector("[data-photo-names]");
  if (!place) return;
  place.dataset.hint ||= place.textContent;
  const names = [...input.files].map((file) => file.name);
  place.textContent = names.length ? names.join(", ") : place.dataset.hint;
}
document.addEventListener("change", (event) => event.target.matches(".field-photo input[type=file]") && tell(event.target));
