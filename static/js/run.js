// The page of a background run: move the bar without fetching the page again.
(() => {
  "use strict";
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const done = box.querySelector("[data-done]");
  const queued = !bar && !done;
  const show = (run) => {
    const begun = run.state !== "QUEUED" && (queued || (!bar && run.total));
    if (run.finished || begun) { window.location.reload(); return; }
    if (done) done.textContent = run.done;
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
