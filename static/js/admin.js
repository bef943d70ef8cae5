/* The admin: names for the inputs of tabular inlines, and filters that open one at a time. */
(function () {
  "use strict";
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // Django draws tabular inlines without labels; the head of the column is the name.
  function name(inline) {
    all(".tabular .form-row td :is(input:not([type=hidden]), select, textarea)", inline).forEach((control) => {
      if (control.hasAttribute("aria-label") || control.hasAttribute("aria-hidden")) return;
      const cell = control.closest("td");
      const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
      if (head) control.setAttribute("aria-label", head.textContent.trim() + "，第" + (cell.parentNode.sectionRowIndex + 1) + "行");
    });
  }
  all(".tabular th.original").forEach((head) => { head.innerHTML = "<span class=visually-hidden>记录</span>"; });
  name(document);
  document.addEventListener("formset:added", () => name(document));

  // Select2 draws its own box and names it after the value, which is empty at first.
  function nameBoxes() {
    all("select.select2-hidden-accessible").forEach((select) => {
      const label = select.getAttribute("aria-label") || (select.labels[0] || {}).textContent || "";
      all(".select2-selection, [role=textbox]", select.parentNode).forEach((box) => {
        box.removeAttribute("aria-labelledby");
        box.setAttribute("aria-label", label.trim());
      });
    });
  }
  // jQuery calls back in order: this comes after Django's own start of Select2, which may be past "load".
  if (window.django && window.django.jQuery) window.django.jQuery(nameBoxes);
  document.addEventListener("formset:added", () => setTimeout(nameBoxes));

  // Which superiors may be chosen depends on the kind, chosen on the same form or known before.
  if (window.django && window.django.jQuery) window.django.jQuery.ajaxPrefilter((options, asked) => {
    const select = asked.data && document.querySelector("select[data-for-kind][data-field-name='" + asked.data.field_name + "']");
    if (!select) return;
    const chosen = select.form.elements.kind;
    options.data += "&kind=" + encodeURIComponent(chosen ? chosen.value : select.dataset.forKind);
  });

  // On a phone the rows of a list become cards, with the words of the head before the values.
  all("#changelist-form #result_list:not(.grid)").forEach((list) => {
    const words = Array.from(list.tHead.rows[0].cells, (head) => (head.querySelector(".text") || head).textContent.trim());
    list.classList.add("stack");
    all("tbody td:not(.action-checkbox, [colspan])", list).forEach((cell) => { cell.dataset.word = words[cell.cellIndex]; });
  });

  // Wide tables scroll sideways by keyboard as well.
  all("#changelist-form .results").forEach((box) => {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "列表");
  });

  // Django focuses the first control, which is the button above a long form: one would save a blank one.
  window.addEventListener("load", () => {
    if (!document.activeElement.closest(".submit-row")) return;
    const first = document.querySelector("#content-main fieldset :is(input:not([type=hidden]), select, textarea)");
    if (first) first.focus();
  });

  // A name needs a role to be read out.
  window.addEventListener("load", () => all("span.help-tooltip[aria-label]").forEach((sign) => sign.setAttribute("role", "img")));

  const picks = all("details.pick");
  picks.forEach((pick) => pick.addEventListener("toggle", () => {
    if (pick.open) picks.forEach((other) => { if (other !== pick) other.open = false; });
  }));
  document.addEventListener("click", (event) => picks.forEach((pick) => { if (!pick.contains(event.target)) pick.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    picks.filter((pick) => pick.open).forEach((pick) => { pick.open = false; pick.querySelector("summary").focus(); });
  });
})();
