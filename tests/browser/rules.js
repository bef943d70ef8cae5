/* What the thirty rules ask of a loaded page. Every check returns a list of faults, one sentence each. */
(() => {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const say = (element) => {
    const words = String(element.innerText || element.value || element.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ").slice(0, 24);
    return `<${element.tagName.toLowerCase()}${element.className && element.className.baseVal === undefined ? "." + element.className.replace(/ /g, ".") : ""}> ${words}`;
  };
  const style = (element) => getComputedStyle(element);

  function hiddenByClip(element) {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const its = style(at);
      if (its.clipPath === "inset(50%)" || its.visibility === "hidden" || its.display === "none") return true;
    }
    return false;
  }
  function visible(element) {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 0 && !hiddenByClip(element);
  }
  function texts() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const holder = node.parentElement;
      if (!node.data.trim() || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|PROGRESS)$/.test(holder.tagName)) continue;
      if (visible(holder)) found.push({ node, holder });
    }
    return found;
  }

  // Colour.
  function channels(colour) {
    const parts = colour.match(/[\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  }
  function luminance(rgb) {
    const [r, g, b] = rgb.map((part) => { const value = part / 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function ratio(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }
  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, alpha } = channels(style(at).backgroundColor);
      if (alpha > 0.99) return rgb;
    }
    return [255, 255, 255];
  }

  // What can be pressed.
  function inSentence(element) {
    if (element.tagName !== "A" || style(element).display !== "inline") return false;
    return Array.from(element.parentElement.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  }
  function targets() {
    const found = new Set();
    all("a[href], button, select, textarea, summary, input:not([type=hidden])").forEach((element) => {
      const label = element.closest("label");
      const target = label && /^(radio|checkbox|file)$/.test(element.type) ? label : element;
      if (visible(target) && !inSentence(element)) found.add(target);
    });
    return Array.from(found);
  }
  const size = (element) => element.getBoundingClientRect();

  const rules = {
    1: () => texts().filter(({ holder }) => parseFloat(style(holder).fontSize) < 17.99)
      .map(({ holder }) => `${say(holder)} is ${style(holder).fontSize}`),
    2: () => parseFloat(style(document.body).fontSize) >= 20 ? [] : [`body is ${style(document.body).fontSize}`],
    4: () => {
      const group = document.querySelector("[role=group][aria-label=字号]");
      if (!group) return ["no text-size switch"];
      const buttons = all("button", group);
      const faults = [];
      const names = buttons.map((button) => button.innerText.trim()).join(" ");
      if (names !== "标准 大字 特大") faults.push(`the switch offers ${names}`);
      const pressed = buttons.map((button) => button.getAttribute("aria-pressed"));
      if (pressed.some((state) => state !== "true" && state !== "false") || pressed.filter((state) => state === "true").length !== 1) faults.push(`aria-pressed is ${pressed}`);
      if (size(group).top > 160) faults.push(`the switch is ${size(group).top} px down`);
      return faults;
    },
    5: () => targets().filter((target) => size(target).width < 47.5 || size(target).height < 47.5)
      .map((target) => `${say(target)} is ${Math.round(size(target).width)}×${Math.round(size(target).height)}`),
    6: () => [[".btn-main", 68], [".person > label", 72], [".btn, .opt, .door, .drop", 60],
      ["main select, main textarea, main input:not([type=hidden], [type=radio], [type=checkbox], [type=file])", 60]]
      .flatMap(([selector, least]) => all(selector).filter((element) => visible(element) && size(element).height < least - 0.5)
        .map((element) => `${say(element)} is ${Math.round(size(element).height)} px high, not ${least}`)),
    7: () => {
      const pressed = targets();
      const faults = [];
      pressed.forEach((one, index) => pressed.slice(index + 1).forEach((other) => {
        if (one.contains(other) || other.contains(one)) return;
        const [a, b] = [size(one), size(other)];
        const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
        const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
        if (Math.max(across, down) < 7.5) faults.push(`${say(one)} and ${say(other)} are ${Math.max(across, down).toFixed(1)} px apart`);
      }));
      return faults;
    },
    8: () => texts().map(({ holder }) => ({ holder, found: ratio(channels(style(holder).color).rgb, ground(holder)) }))
      .filter(({ found }) => found < 6.995).map(({ holder, found }) => `${say(holder)} has ${found.toFixed(2)}:1`),
    9: () => all("input:not([type=hidden], [type=file]), select, textarea, .opt, .person, .btn").filter(visible).filter((control) => {
      const its = style(control);
      if (control.classList.contains("plain")) return false;
      const outside = ground(control.parentElement);
      const edge = parseFloat(its.borderTopWidth) ? ratio(channels(its.borderTopColor).rgb, outside) : 0;
      return Math.max(edge, ratio(ground(control), outside)) < 3;
    }).map((control) => `the edge of ${say(control)} is under 3:1`),
    10: () => {
      const wide = document.documentElement.scrollWidth - window.innerWidth;
      const faults = wide > 0 ? [`the page is ${wide} px too wide`] : [];
      return faults.concat(rules.spill());
    },
    11: () => {
      const meta = document.querySelector("meta[name=viewport]");
      if (!meta) return ["no viewport"];
      return /user-scalable\s*=\s*(no|0)|maximum-scale/.test(meta.content) ? [`enlarging is forbidden: ${meta.content}`] : [];
    },
    15: () => {
      const red = "rgb(176, 17, 27)";
      const filled = all("a, button, input[type=submit]").filter((element) => visible(element) && style(element).backgroundColor === red);
      return filled.length > 1 ? [`${filled.length} filled buttons: ${filled.map(say).join("; ")}`] : [];
    },
    16: () => {
      const seen = new Set();
      all("a[href], button, select, textarea, summary, input:not([type=hidden])").forEach((element) => {
        const target = element.closest("label") || element;
        const box = size(target);
        // The foot, help above all, ends every page, be it short; showing a password belongs to its field.
        if (!visible(target) || box.top >= 844 || box.bottom <= 0 || element.closest("footer.help, [data-reveal]")) return;
        const list = element.closest(".sizes, .people, .year, .tabs, .month, .records");
        seen.add(list || (/^(radio|checkbox)$/.test(element.type) ? "name:" + element.name : element.href || element));
      });
      return seen.size > 7 ? [`${seen.size} choices on the first screen: ${Array.from(seen).map((one) => one.tagName ? say(one) : one).join("; ")}`] : [];
    },
    17: () => all("dialog[open], [role=dialog], [role=alertdialog], marquee, blink, [autoplay], meta[http-equiv=refresh]")
      .map((element) => `${say(element)} comes unasked`)
      .concat(document.getAnimations().filter((animation) => animation.playState === "running" && animation.constructor.name !== "CSSTransition").map(() => "something moves by itself")),
    19: () => all(".ok, .due, .plan, .off, .warn, .tag, [aria-pressed], .notice, .person").filter(visible)
      .filter((element) => !/[\u4e00-\u9fff]/.test(element.textContent)).map((element) => `${say(element)} has no word`),
    20: () => all("input:not([type=hidden]), select, textarea").filter((control) => visible(control.closest("label") || control)).flatMap((control) => {
      const labels = Array.from(control.labels || []);
      const shown = labels.filter((label) => visible(label) && label.innerText.trim());
      if (!shown.length) return [`${say(control)} ${control.name} has no visible label`];
      if (/^(radio|checkbox|file)$/.test(control.type)) {
        const group = control.closest("fieldset, [role=radiogroup], [role=group], .people");
        return control.type === "radio" && !group ? [`${say(shown[0])} belongs to no named group`] : [];
      }
      return size(shown[0]).bottom <= size(control).top + 2 ? [] : [`the label of ${control.name} is not above it`];
    }),
    25: () => {
      const help = document.querySelector("body > footer.help:last-of-type");
      const link = help && help.querySelector("a[href^='tel:']");
      if (!link || !visible(link)) return ["no help telephone at the foot"];
      return document.body.lastElementChild === help ? [] : ["the help telephone is not the last thing"];
    },
    26: () => {
      const whole = /^(\d{4}年)?\d{1,2}月\d{1,2}日 星期[一二三四五六日]$/;
      const bad = all("time").filter((element) => visible(element) && !whole.test(element.innerText.trim())).map((element) => `a date reads ${element.innerText}`);
      // A cell of somebody's own sheet is shown as he typed it.
      const said = all(".cell").reduce((words, { innerText }) => words.replace(innerText, ""), document.body.innerText);
      const shown = said.match(/\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\/\d{1,2}\/\d{4}/g) || [];
      return bad.concat(shown.map((words) => `a date reads ${words}`));
    },
    27: (allowed) => {
      const known = new Set(allowed);
      const spoken = texts().filter(({ holder }) => !holder.closest(".code")).map(({ node }) => node.data)
        .concat(all("[placeholder], [alt], [aria-label], [title]").flatMap((element) => ["placeholder", "alt", "aria-label", "title"].map((name) => element.getAttribute(name) || "")));
      return spoken.flatMap((words) => (words.match(/[A-Za-z][A-Za-z0-9]*/g) || []).filter((word) => !known.has(word)).map((word) => `English: ${word} in ${words.trim().slice(0, 30)}`));
    },
    28: () => texts().filter(({ holder }) => {
      const its = style(holder);
      return parseFloat(its.lineHeight) / parseFloat(its.fontSize) < 1.495;
    }).map(({ holder }) => `${say(holder)} has lines of ${style(holder).lineHeight} at ${style(holder).fontSize}`),
    30: () => all("img:not([alt])").map((element) => `${say(element)} says nothing when images are blocked`),

    // Text that runs out of the box drawn for it.
    spill: () => texts().flatMap(({ node, holder }) => {
      if (holder.tagName === "TEXTAREA") return []; // its words are drawn elsewhere, and scroll
      let box = holder;
      while (box && box !== document.body) {
        const its = style(box);
        if (parseFloat(its.borderTopWidth) || its.boxShadow !== "none" || channels(its.backgroundColor).alpha > 0.99) break;
        box = box.parentElement;
      }
      if (!box || box === document.body || box.closest(".scroll")) return [];
      const range = document.createRange();
      range.selectNodeContents(node);
      const [words, frame] = [range.getBoundingClientRect(), size(box)];
      const over = Math.max(words.right - frame.right, frame.left - words.left, (words.bottom - frame.bottom) - 6);
      return over > 1 ? [`“${node.data.trim().slice(0, 16)}” runs ${over.toFixed(0)} px out of ${say(box)}`] : [];
    }),
    // Kinds of organisations that a line breaks in a word, where a page names one; the cells of a table are narrower than the words.
    kinds: () => texts().filter(({ holder }) => !holder.closest("td") && holder.closest("h1, h2, h3, dt, dd, .name, .lead, .what, .sub, .door")).flatMap(({ node }) =>
      Array.from(node.data.matchAll(/离退休(干部)?|党支部|党小组|党总支|党委/g)).filter((kind) => {
        const range = document.createRange();
        range.setStart(node, kind.index);
        range.setEnd(node, kind.index + kind[0].length);
        return range.getClientRects().length > 1;
      }).map(([kind]) => `a line breaks in ${kind} of “${node.data.trim().slice(0, 24)}”`)),
    spaced: () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }");
      document.adoptedStyleSheets = [sheet];
      const wide = document.documentElement.scrollWidth - window.innerWidth;
      const faults = rules.spill().concat(wide > 0 ? [`the page is ${wide} px too wide`] : []);
      document.adoptedStyleSheets = [];
      return faults;
    },
    // How many stops Tab is to reach; where it stops is noted from now on.
    stops: () => {
      const stopped = {};
      const note = () => {
        const stop = rules.focus();
        if (stop) stopped[stop.key] = stopped[stop.key] || stop.fault;
      };
      rules.stopped = () => stopped;
      window.addEventListener("keyup", note, true);
      const groups = new Set();
      return all("a[href], button, select, textarea, summary, input:not([type=hidden]), [tabindex='0']").filter((element) => {
        if (element.disabled || element.getAttribute("tabindex") === "-1" || hiddenByClip(element)) return false;
        if (style(element).display === "none" || !element.getClientRects().length) return false;
        if (element.type !== "radio") return true;
        const name = (element.form ? all("form").indexOf(element.form) : "") + element.name;
        if (groups.has(name)) return false;
        groups.add(name);
        return true;
      }).length;
    },
    focus: () => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const key = element.type === "radio" ? "radio:" + element.name : all("*").indexOf(element);
      const shown = [element, element.closest("label")].filter(Boolean).find((one) => style(one).outlineStyle !== "none" && parseFloat(style(one).outlineWidth) >= 2);
      if (!shown) return { key, fault: `focus does not show on ${say(element)}` };
      const found = ratio(channels(style(shown).outlineColor).rgb, ground(shown.parentElement));
      const box = size(shown);
      if (found < 3) return { key, fault: `the ring of ${say(element)} has ${found.toFixed(2)}:1` };
      if (box.bottom <= 0 || box.top >= window.innerHeight) return { key, fault: `${say(element)} has the focus out of sight` };
      return { key, fault: "" };
    },
    dead: () => all("a[href='#'], a[href^='javascript:'], a[href='']").filter(visible).map((element) => `${say(element)} leads nowhere`)
      .concat(all("button:not([type=submit])").filter((element) => visible(element) && !element.form).map((element) => `${say(element)} does nothing without a script`)),
    place: () => {
      const link = document.querySelector("footer.help a[href^='tel:']");
      const box = size(link);
      return [Math.round(box.left), Math.round(document.documentElement.scrollHeight - window.scrollY - box.bottom)];
    },
    weight: () => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
      .filter((entry) => !/\.(jpe?g|png|webp)(\?|$)|\/photo\/\d+\//.test(entry.name)).reduce((sum, entry) => sum + entry.decodedBodySize, 0),
    // What the page says, less what only a script can do; in one line, for hidden parts leave gaps.
    words: () => {
      const helpers = all("main :is([data-print], [data-reveal], [data-files])").filter(visible).map((element) => element.innerText.trim());
      return helpers.reduce((rest, helper) => rest.replace(helper, ""), document.querySelector("main").innerText).replace(/\s+/g, " ").trim();
    },
  };
  window.elderRules = rules;
})();
