// Sentences of disabled buttons: a tap shows them where a tap gives no focus, Escape puts them away.
(() => {
  const button = (event) => event.target.closest(".tip > [aria-disabled=true]");
  document.addEventListener("click", (event) => button(event)?.focus());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const tip of document.querySelectorAll(".tip:hover, .tip:focus-within")) tip.classList.add("is-shut");
  });
  for (const name of ["focusin", "pointerover", "click"]) {
    document.addEventListener(name, (event) => event.target.closest?.(".tip")?.classList.remove("is-shut"));
  }
})();
