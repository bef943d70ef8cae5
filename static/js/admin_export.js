/* Choosing the columns of an export: all at once, and only those of the resource chosen. */
(function () {
  "use strict";
  const form = document.getElementById("export-form");
  const labels = Array.from(form.querySelectorAll("[data-resource]"));
  const boxes = () => labels.filter((label) => !label.hidden).map((label) => label.querySelector("input"));
  const every = form.querySelector("[data-pick-all]");
  const resource = form.querySelector("#id_resource");
  function show() {
    labels.forEach((label) => { label.hidden = label.dataset.resource !== resource.value; });
  }
  if (resource && resource.tagName === "SELECT") { resource.addEventListener("input", show); show(); }
  if (every) {
    every.closest("label").hidden = false;
    every.addEventListener("change", () => boxes().forEach((box) => { box.checked = every.checked; }));
  }
})();
