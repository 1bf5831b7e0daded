// What a trial reads off a page; each function returns a list of findings in words.
window.probes = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim().replace(/\s+/g, " ");
    return `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${[...element.classList].join(".")} "${words.slice(0, 40)}"`;
  };
  const clipped = (element) => element.closest(".sr, .skip, [hidden]") !== null;
  // A box that scrolls sideways by itself shows everything; what sticks out of it is not lost.
  const scrolls = (element) => {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };
  const tops = () => {
    const dialog = document.querySelector("dialog[open]");
    return dialog ? [dialog] : [document.body];
  };

  function sideways() {
    const wide = document.documentElement.clientWidth;
    const found = document.documentElement.scrollWidth > wide ? [`the page scrolls sideways: ${document.documentElement.scrollWidth} > ${wide}`] : [];
    for (const element of tops().flatMap((top) => all("*", top))) {
      if (!shown(element) || clipped(element) || scrolls(element) || element.closest("svg, .toasts")) continue;
      const box = element.getBoundingClientRect();
      const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      const control = element.matches("a, button, input, select, textarea, summary");
      if ((words || control) && box.width > 1 && (box.right > wide + 1 || box.left < -1)) found.push(`sticks out: ${name(element)} ${Math.round(box.left)}..${Math.round(box.right)}`);
    }
    return found;
  }

  // WCAG 2.5.8: 24 by 24 pixels, or enough room around; links in the middle of a sentence are free.
  function targets() {
    const found = [];
    const controls = tops().flatMap((top) => all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]", top)).filter((one) => shown(one) && !clipped(one));
    const boxes = controls.map((one) => {
      const label = one.matches("input[type=checkbox], input[type=radio]") && (one.closest("label") || (one.id && document.querySelector(`label[for="${CSS.escape(one.id)}"]`)));
      return (label || one).getBoundingClientRect();
    });
    controls.forEach((one, index) => {
      const box = boxes[index];
      if (!box.width || !box.height || (box.width >= 23.5 && box.height >= 23.5)) return;
      const style = getComputedStyle(one);
      const inSentence = style.display === "inline" && [...one.parentElement.childNodes].some((node) => node !== one && node.nodeType === 3 && node.textContent.trim());
      if (inSentence) return;
      const x = (box.left + box.right) / 2;
      const y = (box.top + box.bottom) / 2;
      const near = boxes.some((other, number) => {
        if (number === index || !other.width || controls[number].contains(one) || one.contains(controls[number])) return false;
        const across = Math.max(other.left - x, 0, x - other.right);
        const down = Math.max(other.top - y, 0, y - other.bottom);
        return Math.hypot(across, down) < 12;
      });
      if (near) found.push(`too small: ${name(one)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    });
    return found;
  }

  // WCAG 1.4.12, set through the style sheet's own interface: the policy forbids inline styles to everybody.
  function space() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  function cut() {
    const found = [];
    for (const element of tops().flatMap((top) => all("*", top))) {
      if (!shown(element) || clipped(element) || element.closest("svg, select, textarea, input")) continue;
      const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!words) continue;
      const style = getComputedStyle(element);
      const hidden = (value) => /hidden|clip/.test(value);
      if (hidden(style.overflowY) && element.scrollHeight > element.clientHeight + 2) found.push(`cut below: ${name(element)}`);
      if (hidden(style.overflowX) && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 2) found.push(`cut aside: ${name(element)}`);
      const own = element.getBoundingClientRect();
      // Words that are taller than a box of fixed height, and so run over its edge.
      if (style.height !== "auto" && style.display !== "inline" && element.scrollHeight > own.height + 4 && !/auto|scroll/.test(style.overflowY)) found.push(`runs over: ${name(element)}`);
    }
    return found;
  }

  function moving() {
    return tops().flatMap((top) => all("*", top)).filter((one) => {
      const style = getComputedStyle(one);
      const long = (value) => value.split(",").some((part) => parseFloat(part) > 0.01);
      return long(style.transitionDuration) || (style.animationName !== "none" && long(style.animationDuration));
    }).map((one) => `moves: ${name(one)}`);
  }

  function focus() {
    const one = document.activeElement;
    if (!one || one === document.body) return { end: true };
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const lined = (element) => {
      const its = getComputedStyle(element);
      return its.outlineStyle !== "none" && parseFloat(its.outlineWidth) >= 2;
    };
    // Some controls hand their outline to the box or to the label that they stand in.
    const near = [one, one.nextElementSibling, one.closest("label"), one.closest(".search, .gsearch, .tip, .opt-hide, .choice-card")].filter(Boolean);
    const text = one.matches("input, textarea, select") && style.borderStyle !== "none";
    const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max((box.top + box.bottom) / 2, 1), innerHeight - 1);
    const over = document.elementFromPoint(x, y);
    const label = one.closest("label") || (one.id ? document.querySelector(`label[for="${CSS.escape(one.id)}"]`) : null);
    const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const covered = !(over && (one.contains(over) || over.contains(one) || label?.contains(over)));
    return { name: name(one), words: (one.getAttribute("aria-label") || one.textContent || "").trim(), lined: near.some(lined), text, inSight, covered, path: all("*").indexOf(one) };
  }

  return { sideways, targets, space, cut, moving, focus };
})();
