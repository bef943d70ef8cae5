// The page of a background run: move the bar without fetching the page again.
(() => {
  "use strict";
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const show = (run) => {
    if (run.finished || (!bar && run.total)) { window.location.reload(); return; }
    if (bar) {
      bar.max = run.total;
      bar.value = run.done;
      box.querySelector(".meter .nb").textContent = `${run.done} / ${run.total}`;
    }
    box.querySelector("[data-left]").textContent = run.left;
    window.setTimeout(ask, 2000);
  };
  const ask = () => {
    fetch(box.dataset.run, { headers: { Accept: "application/json" } })
      .then((answer) => answer.json())
      .then(show)
      .catch(() => window.setTimeout(ask, 10000));
  };
  window.setTimeout(ask, 2000);
})();
