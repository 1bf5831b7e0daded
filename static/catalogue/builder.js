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

  // After a button of the picker the same button, or the box beside it, keeps the focus.
  let pressed = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (target?.id === "picker") pressed = `button[name="${elt.name}"][value="${elt.value}"]:not(:disabled)`;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "picker") {
      (event.detail.target.querySelector(pressed) ?? event.detail.target.querySelector("[data-picker-query]")).focus();
      look();
    }
  });

  // The preview opens in a tab of its own, so this page may send again at once.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-again")) setTimeout(() => delete form.dataset.sending, 0);
  });
})();
