/* Files chosen are named beneath their button, on every page that takes files. */
(function () {
  "use strict";
  document.addEventListener("change", (event) => {
    const input = event.target;
    const words = input.type === "file" && document.querySelector("[data-files=" + input.id + "]");
    if (words) words.textContent = input.files.length ? "已选 " + input.files.length + " 个：" + Array.from(input.files, (file) => file.name).join("、") : "";
  });
})();
