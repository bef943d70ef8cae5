// The page of a background run: tell how far it is where it stands; how it ended, a link shows.
(() => {
  "use strict";
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const say = (place, words) => {
    const at = box.querySelector(place);
    if (at.textContent !== words) at.textContent = words; // the same words again would be read out again
  };
  const show = (run) => {
    say("[data-tally]", run.tally);
    say("[data-left]", run.left);
    say("[data-look]", run.look);
    bar.max = run.total || 1;
    bar.value = run.total ? run.done : 0;
    if (!run.finished) window.setTimeout(ask, 2000);
  };
  const ask = () => {
    fetch(box.dataset.run, { headers: { Accept: "application/json" } })
      .then((answer) => answer.json())
      .then(show)
      .catch(() => window.setTimeout(ask, 10000));
  };
  window.setTimeout(ask, 2000);
})();
