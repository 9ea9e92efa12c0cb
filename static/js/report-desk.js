// The desk: images beside words, a split that can be moved, another study beside this one, and the images in
// a window of their own for a second screen. What is remembered is a width, never a patient.
const desk = document.getElementById("desk");
const SPLIT = "desk:split";
const NARROW = "(max-width: 63.9375rem)";

if (desk) {
  const frame = desk.querySelector(".desk-viewer");
  const splitter = desk.querySelector(".desk-split");
  const beside = desk.querySelector("[data-beside]");
  const alone = desk.querySelector("[data-viewer-alone]");
  const here = desk.querySelector("[data-viewer-here]");
  const own = desk.querySelector("[data-viewer-window]");
  let windowOfImages = null;
  let studies = [desk.dataset.study];

  const address = () => `${desk.dataset.viewer}?StudyInstanceUIDs=${studies.join(",")}`;
  const isAway = () => Boolean(windowOfImages && !windowOfImages.closed);

  function show() {
    if (isAway()) windowOfImages.location.href = address();
    else if (!desk.classList.contains("is-without-images") && frame.getAttribute("src") !== address()) frame.src = address();
  }

  function setSplit(percent) {
    const width = Math.min(80, Math.max(20, Math.round(percent)));
    desk.style.setProperty("--split", `${width}%`);
    splitter.setAttribute("aria-valuenow", width);
    localStorage.setItem(SPLIT, width);
  }

  function put(images) {
    desk.classList.toggle("is-without-images", !images);
    here.hidden = images;
    if (images) show();
    else frame.removeAttribute("src");
  }

  splitter.addEventListener("pointerdown", (event) => {
    splitter.setPointerCapture(event.pointerId);
    desk.classList.add("is-splitting");
  });
  splitter.addEventListener("pointermove", (event) => {
    if (!splitter.hasPointerCapture(event.pointerId)) return;
    const box = desk.getBoundingClientRect();
    const isRtl = document.documentElement.dir === "rtl";
    setSplit((100 * (isRtl ? box.right - event.clientX : event.clientX - box.left)) / box.width);
  });
  splitter.addEventListener("lostpointercapture", () => desk.classList.remove("is-splitting"));
  splitter.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10 }[event.key];
    if (!by) return;
    event.preventDefault();
    setSplit(Number(splitter.getAttribute("aria-valuenow")) + by);
  });

  own.addEventListener("click", () => {
    windowOfImages = window.open(address(), "images", "popup,width=1600,height=1000");
    if (windowOfImages) put(false);
    const watch = setInterval(() => {
      if (isAway()) return;
      clearInterval(watch);
      if (!matchMedia(NARROW).matches) put(true);
    }, 1000);
  });
  here.addEventListener("click", () => {
    windowOfImages?.close();
    windowOfImages = null;
    put(true);
  });
  alone.addEventListener("click", () => {
    studies = [desk.dataset.study];
    alone.hidden = beside.hidden = true;
    show();
  });
  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[data-compare]");
    if (!button) return;
    studies = [desk.dataset.study, button.dataset.compare];
    beside.textContent = button.dataset.compareWords;
    alone.hidden = beside.hidden = false;
    if (!isAway()) put(true);
    else show();
  });

  if (localStorage.getItem(SPLIT)) setSplit(Number(localStorage.getItem(SPLIT)));
  put(!matchMedia(NARROW).matches);
}
