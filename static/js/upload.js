// Sends thousands of small files in small batches, a few at a time; asks first what is there already, so that
// a broken connection or a closed tab costs nothing. What becomes of the files is the server's part of the page.
import { filesIn } from "./upload-files.js";
import { Meter, wordsFrom } from "./upload-meter.js";

const AT_ONCE = 4;
const BATCH_FILES = 10;
const BATCH_BYTES = 8 * 1024 * 1024;
const ASK_AT_ONCE = 2000;
const LONGEST_WAIT = 30;

const root = document.getElementById("upload");
const words = wordsFrom(document.getElementById("upload-words"));
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const sending = document.getElementById("sending");
const trouble = document.getElementById("sending-trouble");
const meter = new Meter(document.getElementById("sending-bar"), document.getElementById("sending-words"), words);

let batchPk = root?.dataset.resume || "";
let busy = 0;
let isPaused = false;
let goOn = [];

class Refusal extends Error {}

const address = (what = "") => root.dataset.batch.replace("/0/", `/${batchPk}/`) + what;

async function ask(url, body, headers = {}) {
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), ...headers } });
  if (answer.status >= 500 && answer.status !== 507) throw new TypeError("away");
  if (!answer.ok) throw new Refusal(answer.redirected ? answer.statusText : await answer.text());
  return answer;
}

async function patiently(work) {
  for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    await whilePaused();
    try {
      const result = await work();
      trouble.hidden = true;
      return result;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      say(words.away, { seconds: wait });
      await new Promise((done) => setTimeout(done, wait * 1000));
    }
  }
}

function say(pattern, values) {
  trouble.textContent = pattern.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  trouble.hidden = false;
}

const whilePaused = () => (isPaused ? new Promise((done) => goOn.push(done)) : Promise.resolve());

async function open(label) {
  if (batchPk) return;
  const answer = await patiently(() => ask(root.dataset.start, new URLSearchParams({ label })));
  batchPk = String((await answer.json()).pk);
  history.replaceState(null, "", address());
  showOutcomes();
}

function showOutcomes() {
  const place = document.getElementById("outcomes");
  if (document.getElementById(`outcomes-${batchPk}`)) return;
  window.htmx.ajax("GET", address(), { target: place, swap: "innerHTML" });
}

async function missing(files) {
  const there = new Set();
  for (let start = 0; start < files.length; start += ASK_AT_ONCE) {
    const part = files.slice(start, start + ASK_AT_ONCE);
    const sizes = JSON.stringify(Object.fromEntries(part.map(({ name, file }) => [name, file.size])));
    const answer = await patiently(() => ask(address("have/"), sizes, { "Content-Type": "application/json" }));
    for (const name of (await answer.json()).have) there.add(name);
  }
  return files.filter(({ name }) => !there.has(name));
}

function* batches(files) {
  let batch = [];
  let size = 0;
  for (const entry of files) {
    if (batch.length && (batch.length >= BATCH_FILES || size + entry.file.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(entry);
    size += entry.file.size;
  }
  if (batch.length) yield batch;
}

async function send(batch) {
  const body = new FormData();
  body.append("names", JSON.stringify(batch.map(({ name }) => name)));
  for (const { file } of batch) body.append("files", file, "file");
  await patiently(() => ask(address("files/"), body));
  meter.sent(batch.length, batch.reduce((sum, { file }) => sum + file.size, 0));
}

async function sendAll(files) {
  const queue = batches(files);
  const hands = Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await send(next.value);
  });
  await Promise.all(hands);
}

async function take(found) {
  busy += 1;
  sending.hidden = false;
  try {
    const files = await found((count) => meter.looking(count));
    if (!files.length) return say(words.nothing, {});
    await open(files[0].name.split("/")[0].slice(0, 200));
    const wanted = await missing(files);
    meter.start(wanted, files.length - wanted.length);
    await sendAll(wanted);
    await patiently(() => ask(address("finish/"), new URLSearchParams()));
    meter.done();
  } catch (error) {
    say(words.refused, { why: error.message });
  } finally {
    busy -= 1;
  }
}

function listen() {
  const drop = document.getElementById("drop");
  for (const type of ["dragenter", "dragover"]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const items = [...event.dataTransfer.items];
    take(filesIn(items));
  });
  for (const input of root.querySelectorAll("[data-pick]")) {
    input.addEventListener("change", () => {
      const files = [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
      input.value = "";
      take(async () => files);
    });
  }
  root.querySelector("[data-pause]").addEventListener("click", (event) => {
    isPaused = !isPaused;
    event.target.setAttribute("aria-pressed", isPaused);
    event.target.textContent = isPaused ? words.resume : words.pause;
    if (!isPaused) goOn.splice(0).forEach((done) => done());
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
}

if (root) listen();
