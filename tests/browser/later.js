/* Lets a test see what a page would do by itself later: every timer that waits can be let off at once. */
(() => {
  const waiting = new Map();
  const forget = (clear) => (timer) => { waiting.delete(timer); clear(timer); };
  const keep = (set, once) => (call, ...rest) => {
    const ring = () => { if (once) waiting.delete(timer); call(); };
    const timer = set(ring, ...rest);
    waiting.set(timer, call);
    return timer;
  };
  window.setTimeout = keep(window.setTimeout.bind(window), true);
  window.setInterval = keep(window.setInterval.bind(window), false);
  window.clearTimeout = window.clearInterval = forget(window.clearTimeout.bind(window));
  window.addEventListener("beforeunload", () => { window.elderLeft = true; });
  window.elderLater = () => Array.from(waiting.values()).forEach((call) => call());
})();
