// The order form: finds the patient while one types, narrows the catalogue by modality, asks for the side only
// where there is one. Names are posted, never written into an address.
const form = document.querySelector("[data-order-form]");
const { kinds, devices } = JSON.parse(document.getElementById("order-catalogue").textContent);
const patient = form.querySelector("[data-pick-patient]");
const procedure = form.querySelector("[data-pick-procedure]");
const device = form.querySelector("select[name=device]");
const sideField = form.querySelector("[data-side-field]");
const headers = JSON.parse(document.body.getAttribute("hx-headers"));

// ── who ─────────────────────────────────────────────────────────────────────────────────────────

async function found(words, answer) {
  try {
    const asked = await fetch(form.dataset.pick, {
      method: "POST",
      body: new URLSearchParams({ q: words }),
      headers: { ...headers, Accept: "application/json" },
    });
    const said = asked.ok ? await asked.json() : [];
    answer(said.results ?? said);
  } catch {
    answer();
  }
}

if (patient && form.dataset.pick) {
  new TomSelect(patient, {
    valueField: "id",
    labelField: "text",
    searchField: [],
    maxOptions: 20,
    loadThrottle: 200,
    shouldLoad: (words) => words.trim().length > 1,
    load: found,
    score: () => () => 1,
    hidePlaceholder: true,
    closeAfterSelect: true,
    render: {
      option: (one, escape) => `<div>${escape(one.text)}<span class="second">${escape(one.facts ?? "")}</span></div>`,
      item: (one, escape) => `<div>${escape(one.text)} <span class="quiet">${escape(one.facts ?? "")}</span></div>`,
    },
  });
}

// ── what ────────────────────────────────────────────────────────────────────────────────────────

const groups = [...procedure.querySelectorAll("optgroup")].map((group) => ({
  modality: kinds[group.querySelector("option")?.value]?.modality,
  label: group.label,
  options: [...group.querySelectorAll("option")].map((option) => ({ value: option.value, text: option.textContent })),
}));
const picker = new TomSelect(procedure, {
  options: groups.flatMap((group) => group.options.map((option) => ({ ...option, optgroup: group.label }))),
  optgroups: groups.map((group) => ({ value: group.label, label: group.label })),
  searchField: ["text", "optgroup"],
  maxOptions: 500,
  refreshThrottle: 0, // a late refresh would open the list again after a quick choice
  closeAfterSelect: true,
});

// The lists behind the pickers stay in the form; nobody should hear them twice.
for (const select of [patient, procedure]) if (select.tomselect) select.setAttribute("aria-hidden", "true");

function narrow(label) {
  const chosen = picker.getValue();
  picker.clearOptions((option) => option.value === chosen);
  for (const group of groups) {
    if (label && group.label !== label) continue;
    for (const option of group.options) picker.addOption({ ...option, optgroup: group.label });
  }
  picker.refreshOptions(false);
}

const filter = form.querySelector("[data-kind-filter]");
if (groups.length > 1) {
  for (const label of [null, ...groups.map((group) => group.label)]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choice";
    button.textContent = label ?? filter.dataset.all;
    button.setAttribute("aria-pressed", String(!label));
    button.addEventListener("click", () => {
      for (const other of filter.children) other.setAttribute("aria-pressed", String(other === button));
      narrow(label);
      picker.focus();
    });
    filter.append(button);
  }
  filter.hidden = false;
}

// ── which side, on which device ─────────────────────────────────────────────────────────────────

const everyDevice = device && [...device.querySelectorAll("option")];

function fit() {
  const kind = kinds[picker.getValue()];
  sideField.hidden = !kind?.needsSide;
  if (!kind?.needsSide) for (const radio of sideField.querySelectorAll("input")) radio.checked = radio.value === "";
  if (!device) return;
  const can = everyDevice.filter((option) => !option.value || !kind || kind.alike.includes(devices[option.value]));
  const before = device.value;
  device.replaceChildren(...can);
  device.value = can.some((option) => option.value === before) ? before : "";
  if (!device.value && can.length === 2) device.value = can[1].value;
}

picker.on("change", fit);
// A choice is made: the list gets out of the way of the next field, after Tom Select's own timers, which
// would open it again.
const AFTER_ITS_TIMERS = 40;
for (const one of [picker, patient?.tomselect].filter(Boolean)) {
  one.on("item_add", () =>
    setTimeout(() => {
      one.blur();
      one.close();
    }, AFTER_ITS_TIMERS),
  );
}
fit();
