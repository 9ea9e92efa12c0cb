// Runs before the first paint. The stylesheet follows `data-theme` by itself; this tells scripts and
// Bootstrap which of the two themes that is now, keeps it true when the computer changes its mind,
// and shows a new choice at once while the form remembers it for the person.
(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function settle() {
    const wanted = root.dataset.theme || "auto";
    root.dataset.bsTheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    document.dispatchEvent(new CustomEvent("theme:changed", { detail: root.dataset.bsTheme }));
  }

  settle();
  dark.addEventListener("change", settle);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-form] button[name=theme]");
    if (!choice) return;
    root.dataset.theme = choice.value;
    for (const other of choice.form.elements.theme) {
      other.setAttribute("aria-pressed", String(other === choice));
    }
    settle();
  });
})();
