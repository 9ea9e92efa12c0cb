// Tells the stylesheet how tall the top and the patient banner are, so that what sticks beneath them never hides.
const measure = (selector, name) => {
  const element = document.querySelector(selector);
  if (!element) return;
  new ResizeObserver(() => {
    const isStuck = getComputedStyle(element).position === "sticky";
    document.documentElement.style.setProperty(name, isStuck ? `${element.offsetHeight}px` : "0px");
  }).observe(element, { box: "border-box" });
};

measure(".top", "--top");
measure(".banner", "--banner");
