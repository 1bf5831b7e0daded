// The tour of a page: one step after the other points at a part of it. Without scripts the offer is a link to the help.
(() => {
  "use strict";

  const tour = document.getElementById("tour");
  if (!tour) return;

  const part = (name) => tour.querySelector(`[data-tour-${name}]`);
  const [ring, box, place, back, next] = ["ring", "box", "place", "back", "next"].map(part);
  const words = { next: next.textContent, last: next.dataset.last };
  const EDGE = 12;
  let stops = [];
  let here = 0;
  let before = null;

  // What a step points at may be missing: an empty list, a narrow window, too low a role.
  function targetOf(stop) {
    return [...document.querySelectorAll(stop.dataset.target)].find((one) => one.checkVisibility?.() ?? one.offsetParent);
  }

  function start() {
    stops = [...tour.querySelectorAll("[data-tour-stop]")].filter(targetOf);
    if (!stops.length || tour.open) return;
    before = document.activeElement;
    tour.showModal();
    show(0);
  }

  function show(number) {
    here = number;
    for (const stop of tour.querySelectorAll("[data-tour-stop]")) stop.hidden = stop !== stops[here];
    const numbers = [here + 1, stops.length];
    place.textContent = place.dataset.words.replace("##", numbers[1]).replace("#", numbers[0]);
    back.hidden = here === 0;
    next.textContent = here === stops.length - 1 ? words.last : words.next;
    targetOf(stops[here])?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    draw();
    // The group has a name and a description, so that a screen reader says both as it gets the focus.
    stops[here].focus({ preventScroll: true });
  }

  function draw() {
    const target = tour.open && targetOf(stops[here]);
    if (!target) return;
    const found = target.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const high = document.documentElement.clientHeight;
    const left = Math.max(found.left - 4, 6);
    const top = Math.max(found.top - 4, 6);
    const right = Math.min(found.right + 4, wide - 6);
    const bottom = Math.min(found.bottom + 4, high - 6);
    put(ring, { "--ring-x": left, "--ring-y": top, "--ring-w": Math.max(right - left, 0), "--ring-h": Math.max(bottom - top, 0) });
    const { offsetWidth: width, offsetHeight: height } = box;
    const below = bottom + EDGE + height <= high;
    const y = below ? bottom + EDGE : Math.max(top - EDGE - height, EDGE);
    put(box, { "--box-x": Math.min(Math.max(left, EDGE), wide - width - EDGE), "--box-y": Math.min(y, high - height - EDGE) });
  }

  function put(element, values) {
    for (const [name, value] of Object.entries(values)) element.style.setProperty(name, `${Math.round(value)}px`);
  }

  function end(answer) {
    tour.close();
    document.querySelector("[data-tour-offer]")?.remove();
    if (location.hash === "#tour") history.replaceState(history.state, "", location.pathname + location.search);
    const again = before?.isConnected && before !== document.body ? before : document.getElementById("main");
    again?.focus({ preventScroll: true });
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    const body = new URLSearchParams({ answer });
    // Nothing is lost where this fails: the offer comes again.
    fetch(tour.dataset.answerUrl, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual", keepalive: true }).catch(() => {});
  }

  tour.addEventListener("click", (event) => {
    if (event.target.closest("[data-tour-leave]")) end("left");
    else if (event.target.closest("[data-tour-back]")) show(Math.max(here - 1, 0));
    else if (event.target.closest("[data-tour-next]")) here === stops.length - 1 ? end("finished") : show(here + 1);
  });
  tour.addEventListener("cancel", (event) => {
    event.preventDefault();
    end("left");
  });
  tour.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" && here < stops.length - 1) show(here + 1);
    if (event.key === "ArrowLeft" && here > 0) show(here - 1);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-tour-start]")) return;
    event.preventDefault();
    start();
  });

  const startByAddress = () => location.hash === "#tour" && start();
  addEventListener("hashchange", startByAddress);
  addEventListener("resize", draw);
  document.addEventListener("scroll", draw, { capture: true, passive: true });
  // The address of the overview's chart and of the rows is known once the page has its sizes.
  if (document.readyState === "complete") startByAddress();
  else addEventListener("load", startByAddress);
})();
