// Asks every archive, a few at a time: the slow and the dead keep nobody waiting, those that did not
// answer last time come last, and what one answers stands there at once. Counts what has come.
const AT_ONCE = 3;
const list = document.getElementById("archives");
const bar = document.getElementById("archives-bar");
const all = document.getElementById("ask-all");
const under_way = new Set();
let waiting = [];

const formOf = (key) => list.querySelector(`form[data-ask="${key}"]`);
const askedBy = (event) => event.detail.requestConfig?.elt.dataset.ask; // its row is a new one by then

function count() {
  const rows = [...list.children].filter((row) => row.dataset.state);
  const said = {
    asked: rows.length,
    found: rows.reduce((sum, row) => sum + Number(row.dataset.found || 0), 0),
    away: rows.filter((row) => row.dataset.state === "away").length,
  };
  for (const place of bar.querySelectorAll("[data-count]")) place.textContent = said[place.dataset.count];
  bar.hidden = list.children.length < 2 || (!rows.length && !under_way.size);
}

function next() {
  while (waiting.length && under_way.size < AT_ONCE) {
    const key = waiting.shift();
    if (under_way.has(key)) continue;
    under_way.add(key);
    formOf(key)?.requestSubmit();
  }
  all?.toggleAttribute("aria-busy", Boolean(waiting.length || under_way.size));
}

all?.addEventListener("click", () => {
  if (waiting.length) return;
  const forms = [...list.querySelectorAll("form[data-ask]")];
  forms.sort((one, other) => one.hasAttribute("data-in-doubt") - other.hasAttribute("data-in-doubt"));
  waiting = forms.map((form) => form.dataset.ask);
  next();
});

if (list) {
  document.body.addEventListener("htmx:beforeRequest", (event) => askedBy(event) && under_way.add(askedBy(event)));
  document.body.addEventListener("htmx:afterRequest", (event) => under_way.delete(askedBy(event)) && next());
  document.body.addEventListener("htmx:afterSettle", count);
  if (all) all.hidden = false;
  count();
}
