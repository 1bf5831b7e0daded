// The list page: selection, row keys, and keeping focus and popover over a swap of the region.
(() => {
  "use strict";

  const { find, all, typing, shortcutsOff } = window.ui;
  const rows = () => all(".region .grid tbody tr");
  const boxes = () => all("[data-row]");

  // --- Selection ------------------------------------------------------------------------------------------------

  let last = null;

  function showSelection() {
    keepTicks();
    const bar = find("[data-bulk]");
    if (!bar) return;
    const ticked = boxes().filter((box) => box.checked).length;
    find("[data-bulk-count]", bar).textContent = String(ticked);
    const head = find("[data-all]");
    head.checked = ticked > 0 && ticked === boxes().length;
    head.indeterminate = ticked > 0 && !head.checked;
    const everything = find("[name=all]", bar);
    if (everything && ticked < boxes().length) everything.checked = false;
  }

  // For the way back, by their ids: a browser would tick by place, and in that place may stand another row meanwhile.
  function keepTicks() {
    const ticked = boxes().filter((box) => box.checked).map((box) => box.value);
    if (ticked.length || history.state?.ticked) history.replaceState({ ...history.state, ticked }, "");
  }

  function tickAgain() {
    for (const id of history.state?.ticked ?? []) {
      const box = boxes().find((one) => one.value === id);
      if (box) box.checked = true;
    }
  }

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-all]")) boxes().forEach((box) => (box.checked = target.checked));
    if (target.matches("[data-bulk] [name=all]") && target.checked) boxes().forEach((box) => (box.checked = true));
    if (target.matches("[data-all], [data-row], [data-bulk] [name=all]")) showSelection();
  });

  document.addEventListener("reset", (event) => {
    if (!event.target.matches("[data-bulk]")) return;
    boxes().forEach((box) => (box.checked = false));
    setTimeout(showSelection);
  });

  // Shift and click ticks everything from the box pressed before.
  document.addEventListener("click", (event) => {
    if (!event.target.matches("[data-row]")) return;
    const list = boxes();
    const here = list.indexOf(event.target);
    const there = list.indexOf(last);
    if (event.shiftKey && there >= 0) {
      list.slice(Math.min(here, there), Math.max(here, there) + 1).forEach((box) => (box.checked = event.target.checked));
      showSelection();
    }
    last = event.target;
  });

  // --- Row keys ---------------------------------------------------------------------------------------------------

  function move(step) {
    const list = rows();
    const here = list.indexOf(document.activeElement.closest("tr"));
    const next = list[Math.min(Math.max(here + step, 0), list.length - 1)];
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
  }

  // Escape leaves the search box for the rows, then takes the selection back; popovers and dialogs close by themselves.
  function escape(event) {
    if (find(":popover-open") || find("dialog[open]")) return;
    if (event.target.id === "q" && !event.target.value) move(1);
    else if (find("[data-row]:checked")) find("[data-bulk-clear]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!find(".region")) return;
    if (event.key === "Escape") escape(event);
    if (typing(event.target) || shortcutsOff() || find("dialog[open]")) return;
    const row = document.activeElement.closest(".region tbody tr");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && row) find("[data-row]", row)?.click();
    else if (event.key === "Enter" && row === document.activeElement) (find("[data-open]", row) ?? find("th[scope=row] a", row))?.click();
    else return;
    event.preventDefault();
  });

  // --- Over a swap: the same field has the focus, the same popover is open ---------------------------------------------

  let kept = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "grid-region") return;
    const active = document.activeElement;
    const inside = active?.closest("#grid-region");
    kept = {
      popover: find("#grid-region [popover]:popover-open")?.id,
      open: find("#grid-region .pop-more details[open] :is(input, a)")?.name,
      name: inside ? active.name : "",
      value: active?.value,
      label: inside && !active.name ? says(active) : "",
      inside,
      caret: active?.type === "search" ? active.selectionStart : null,
      scroll: find(".grid-wrap")?.scrollLeft ?? 0,
    };
  });

  // What kind it is belongs to it: a column and its filter bear the same name.
  const says = (one) => `${one.localName} ${words(one) || one.textContent.trim()}`;

  function focusAgain(region) {
    if (!kept) return;
    const { popover, name, value, label, inside, caret, scroll } = kept;
    kept = null;
    const wrap = find(".grid-wrap", region);
    if (wrap) wrap.scrollLeft = scroll;
    const same = name ? all("[name]", region).filter((one) => one.name === name) : [];
    const about = (one) => one?.split(":")[0];
    let element = same.find((one) => one.type === "search" || one.type === "date" || one.value === value);
    // A column that was moved to an end has lost the button that moved it.
    element ??= same.find((one) => about(one.value) === about(value));
    if (!element && label) element = all("a, button", region).find((one) => says(one) === label);
    const open = element?.closest("[popover]") ?? (popover && document.getElementById(popover));
    if (popover && open) {
      open.showPopover({ source: find(`[popovertarget="${open.id}"]`) });
      element?.closest("details")?.setAttribute("open", "");
    }
    // What was pressed may be gone with what it did; whoever goes on by Tab goes on from here, not from the page's top.
    if (inside && !element && !open) {
      element = region;
      region.tabIndex = -1;
    }
    element?.focus({ preventScroll: true });
    if (caret !== null && element?.type === "search") typeOn(element, value, caret);
  }

  // What was typed while the answer was on its way stays, and is asked for.
  function typeOn(search, value, caret) {
    const answered = search.value;
    search.value = value;
    search.setSelectionRange(caret, caret);
    if (value !== answered) search.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const region = find("#grid-region");
    if (!region || !(event.detail.target?.id === "grid-region" || event.detail.elt === region)) return;
    focusAgain(region);
    start();
  });

  // --- One answer after the other: what is pressed while an answer is on its way is pressed again in the list that comes ---

  let flight = null;
  let wishes = [];

  const ofRegion = (event) => event.detail.target?.id === "grid-region";

  // The words of a link without its count, which is another one in the next list.
  const words = (link) => link.getAttribute("aria-label") ?? [...link.childNodes].map((one) => (one.nodeType === 3 ? one.data.trim() : "")).join("");

  // By what it was, because the element itself goes with the old list.
  function wishOf(elt, trigger) {
    const control = trigger?.submitter ?? (trigger?.type === "submit" ? document.activeElement : trigger?.target);
    if (control?.name) return { name: control.name, value: control.value, checked: control.checked, is: control.type };
    return elt.matches("a") ? { label: words(elt) } : null;
  }

  function again(wish) {
    const region = find("#grid-region");
    if (wish.label) return all("a[hx-boost]", region).find((one) => words(one) === wish.label)?.click();
    const same = all("[name]", region).filter((one) => one.name === wish.name && one.type === wish.is);
    if (wish.is === "submit") return same.find((one) => one.value === wish.value)?.click();
    const ticked = ["checkbox", "radio"].includes(wish.is);
    const field = ticked ? same.find((one) => one.value === wish.value) : same[0];
    if (!field || (ticked && field.checked === wish.checked)) return;
    if (ticked) field.checked = wish.checked;
    else field.value = wish.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ofRegion(event) || !flight || flight.elt === event.detail.elt) return;
    const wish = wishOf(event.detail.elt, event.detail.requestConfig.triggeringEvent);
    if (!wish) return;
    event.preventDefault();
    wishes.push(wish);
  });

  document.addEventListener("htmx:beforeSend", (event) => {
    if (ofRegion(event)) flight = { elt: event.detail.elt, xhr: event.detail.xhr };
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (flight?.xhr !== event.detail.xhr) return;
    flight = null;
    // In the list that came; where none came of this one, in the one that is there.
    takeUp();
  });

  function takeUp() {
    while (wishes.length && !flight) again(wishes.shift());
  }

  // --- The way back: breadcrumbs to a list lead to the list as it was left ------------------------------------------------

  function remember() {
    if (find("#grid-region")) sessionStorage.setItem(`list:${location.pathname}`, location.search);
    for (const link of all("a[data-back]")) {
      const search = sessionStorage.getItem(`list:${link.pathname}`);
      if (search && !link.search) link.search = search;
    }
  }

  function start() {
    const wrap = find(".region .grid-wrap");
    if (wrap) {
      const mark = () => wrap.toggleAttribute("data-scrolled", wrap.scrollLeft > 0);
      wrap.addEventListener("scroll", mark, { passive: true });
      mark();
    }
    showSelection();
    try {
      remember();
    } catch {
      // Storage may be refused; then the breadcrumb leads to the plain list.
    }
  }

  document.addEventListener("htmx:pushedIntoHistory", start);
  tickAgain();
  start();
})();
