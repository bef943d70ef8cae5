/* Enhancements only: every page is whole without this file. */
(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // Text size at once, without a page load; the cookie makes the server send the next page in it.
  all(".sizes button").forEach((button, _, buttons) => button.addEventListener("click", (event) => {
    event.preventDefault();
    root.dataset.size = button.value;
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    document.cookie = "text-size=" + button.value + ";path=/;max-age=31536000;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
  }));

  // How many come, counted as the ticks change.
  all("[data-people]").forEach((form) => {
    const show = (name, number) => all("[data-count=" + name + "]", form).forEach((place) => { place.textContent = number; });
    const count = () => {
      const ticks = all(".people:not(.guests) > .person > label input", form);
      const chosen = (tick) => (tick.closest("li").querySelector("div :checked") || {}).value;
      const states = ticks.map((tick) => tick.checked ? "PRESENT" : chosen(tick));
      const number = (...kinds) => states.filter((state) => kinds.includes(state)).length;
      show("here", number("PRESENT")); show("apart", number("HOME", "ONLINE")); show("away", number("EXCUSED", "ABSENT"));
      show("all", states.length); show("excused", number("EXCUSED")); show("due", states.length - number("EXCUSED"));
      show("guests", all(".guests > .person > label input:checked", form).length);
    };
    form.addEventListener("change", count);
    window.addEventListener("pageshow", count);
  });

  // One press is enough: a second press of the same form is held back until the page comes or is come back to.
  all("form[method=post]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      all(".btn-main", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    });
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });

  all("[data-reveal]").forEach((row) => {
    const tick = row.querySelector("input");
    const secrets = all("input[type=password]");
    row.hidden = false;
    tick.addEventListener("change", () => secrets.forEach((field) => { field.type = tick.checked ? "text" : "password"; }));
  });

  // Read aloud: the button stays hidden where the device has no Chinese voice.
  const reader = document.querySelector("[data-read]");
  if (reader && "speechSynthesis" in window) {
    const speech = window.speechSynthesis;
    const words = reader.querySelector("span");
    const voice = () => speech.getVoices().find((one) => /^zh/i.test(one.lang));
    const offer = () => { reader.hidden = !voice(); };
    const rest = () => { words.textContent = "读给我听"; };
    speech.addEventListener("voiceschanged", offer);
    offer();
    reader.addEventListener("click", () => {
      if (speech.speaking) { speech.cancel(); rest(); return; }
      const text = new SpeechSynthesisUtterance(document.querySelector("main").innerText);
      text.lang = "zh-CN"; text.rate = 0.85; text.voice = voice(); text.onend = rest;
      words.textContent = "停止朗读";
      speech.speak(text);
    });
  }
})();
