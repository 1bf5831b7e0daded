// The builder of a funnel: its preview follows what is typed. Without scripts a button opens the preview as a page.
(() => {
  const form = document.querySelector("[data-preview-form]");
  const preview = document.getElementById("preview");
  if (!form || !preview || !window.htmx) return;

  const look = () => window.htmx.trigger(preview, "look");
  const show = (step) => {
    document.getElementById("preview-step").value = step;
    look();
  };

  form.addEventListener("input", (event) => {
    if (event.target.name !== "product_query") look();
  });
  form.addEventListener("change", look);

  // The page whose words are being written is the one that shows.
  form.addEventListener("focusin", (event) => {
    const step = event.target.dataset.page;
    if (step && step !== document.getElementById("preview-step").value) show(step);
  });

  preview.addEventListener("click", (event) => {
    const button = event.target.closest("[data-preview-step]");
    if (button) show(button.dataset.previewStep);
  });

  // Enter in the box that finds products finds, and does not save.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-picker-query]")) return;
    event.preventDefault();
    form.querySelector("button[name=find]").click();
  });

  // After a button of the picker the same button, or the box beside it, keeps the focus. What is pressed while an
  // answer is on its way is pressed again in the picker that comes: two answers, each from before the other, would lose one.
  let pressed = "";
  let busy = false;
  const wishes = [];

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (target?.id !== "picker") return;
    const button = `button[name="${elt.name}"][value="${elt.value}"]:not(:disabled)`;
    if (busy) {
      event.preventDefault();
      wishes.push(() => form.querySelector(`#picker ${button}`)?.click());
      return;
    }
    busy = true;
    pressed = button;
  });
  form.addEventListener("submit", (event) => {
    if (!busy) return;
    event.preventDefault();
    wishes.push(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "picker") {
      (event.detail.target.querySelector(pressed) ?? event.detail.target.querySelector("[data-picker-query]")).focus();
      look();
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target?.id !== "picker") return;
    busy = false;
    while (wishes.length && !busy) wishes.shift()();
  });

  // The preview opens in a tab of its own, so this page may send again at once.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-again")) setTimeout(() => delete form.dataset.sending, 0);
  });
})();
