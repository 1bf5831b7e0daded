// Share: put the customer's own words on the clipboard, then go where the form goes.
(() => {
  const form = document.querySelector("form[data-share]");
  const words = document.getElementById("share-words");
  if (!form || !words || !navigator.clipboard) return;

  const status = document.querySelector("[data-share-status]");
  const patience = new Promise((resolve) => setTimeout(resolve, 800));
  let copied = false;

  form.addEventListener("submit", (event) => {
    if (copied) return;
    event.preventDefault();
    copied = true;
    const copy = navigator.clipboard.writeText(words.value).then(() => {
      if (status) status.textContent = form.dataset.copied || "";
    });
    // A browser that refuses or waits for permission must not hold the customer back.
    Promise.race([copy, patience]).catch(() => {}).then(() => form.submit());
  });
})();
