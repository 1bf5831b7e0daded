// What every page does beside htmx. Nothing here is needed to get work done: without scripts every link, form and
// popover still works. One place for htmx's event names.
(() => {
  "use strict";

  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const A_YEAR = 31536000;

  // --- Toasts -----------------------------------------------------------------------------------------------

  const toasts = () => find("#toasts");

  function expire(toast) {
    if (!toast.matches(".toast-error, .toast-bad")) setTimeout(() => toast.remove(), 6000);
  }

  function toast(text, tone = "ok") {
    const box = document.createElement("div");
    box.className = `toast toast-${tone}`;
    const words = document.createElement("span");
    words.className = "grow";
    words.textContent = text;
    const close = document.createElement("button");
    close.className = "toast-x";
    close.type = "button";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", toasts().dataset.closeLabel);
    close.textContent = "×";
    box.append(words, close);
    // Inside an open dialog: all else lies below it, and is neither said aloud nor to be pressed.
    const place = find("dialog[open]") ?? document.body;
    if (toasts().parentElement !== place) place.append(toasts());
    toasts().append(box);
    expire(box);
  }

  document.addEventListener("close", (event) => {
    if (event.target.contains(toasts())) document.body.append(toasts());
  }, true);

  // --- Copying ----------------------------------------------------------------------------------------------

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    toast(toasts().dataset.copied);
  }

  // --- Sentences of disabled buttons: a tap shows them where a tap gives no focus, Escape puts them away ---------

  document.addEventListener("click", (event) => event.target.closest(".tip > [aria-disabled=true]")?.focus());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all(".tip:hover, .tip:focus-within").forEach((tip) => tip.classList.add("is-shut"));
  });
  for (const name of ["focusin", "pointerover", "click"]) {
    document.addEventListener(name, (event) => event.target.closest?.(".tip")?.classList.remove("is-shut"));
  }

  // --- Tabs that do not all fit: the one that is shown is in sight -----------------------------------------------

  function showTab() {
    for (const tab of all(".tabs [aria-current]")) {
      for (const box of [tab.parentElement, tab.closest(".views")]) {
        if (box) box.scrollLeft += Math.max(0, tab.getBoundingClientRect().right + 24 - box.getBoundingClientRect().right);
      }
    }
  }

  // --- Light and dark ---------------------------------------------------------------------------------------

  function toggleTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=${A_YEAR};samesite=lax`;
  }

  // --- Dialogs ----------------------------------------------------------------------------------------------

  function closeDialog(from) {
    const dialog = from.closest("dialog");
    if (dialog) dialog.close();
    return Boolean(dialog);
  }

  // What was typed into a dialog is not lost by a slip: Escape, or a press beside it, has to come twice.
  document.addEventListener("input", (event) => {
    const form = event.target.closest("#dialog form");
    if (form) form.dataset.typed = "1";
  });

  function isSlip(dialog) {
    const form = find("form[data-typed]", dialog);
    if (!form) return false;
    delete form.dataset.typed;
    toast(toasts().dataset.typed, "warning");
    return true;
  }

  document.addEventListener("cancel", (event) => {
    if (event.target.matches("dialog") && isSlip(event.target)) event.preventDefault();
  }, true);

  // --- Clicks -----------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target;
    const source = target.closest("[data-copy]");
    if (source) copy(source.dataset.copy);
    if (target.closest("[aria-disabled=true]")) event.preventDefault();
    if (target.closest("[data-toast-close]")) target.closest(".toast").remove();
    if (target.closest("[data-theme-toggle]")) toggleTheme();
    if (target.closest("[data-open-shortcuts]")) find("#shortcuts")?.showModal();
    if (target.closest("[data-close]") && closeDialog(target)) event.preventDefault();
    // A press on the backdrop closes, where the browser does not yet do so for closedby=any.
    if (target.matches("dialog[closedby=any]") && !("closedBy" in HTMLDialogElement.prototype)) {
      if (!isSlip(target)) target.close();
    }
    if (target.matches("[data-select]")) target.select();
    if (target.closest("[data-print]")) print();
  });

  // --- Forms: no second post while the first is on its way (the server is the real guard) ----------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 8000);
  });

  function release(form) {
    delete form.dataset.sending;
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  }

  // A page of the staff's whose form was changed is not left by mistake.
  document.addEventListener("input", (event) => {
    const form = event.target.closest(".app .form");
    if (form?.method === "post") form.dataset.changed = "1";
  });
  document.addEventListener("submit", (event) => delete event.target.dataset.changed);
  addEventListener("beforeunload", (event) => {
    if (find("form[data-changed]")) event.preventDefault();
  });

  addEventListener("pageshow", () => all("form[data-sending]").forEach(release));

  // --- Finding in long lists of choices -----------------------------------------------------------------------

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-find]")) return;
    event.stopPropagation();
    const wanted = event.target.value.trim().toLocaleLowerCase();
    for (const option of all(".opt", event.target.closest("fieldset"))) {
      option.hidden = Boolean(wanted) && !option.textContent.toLocaleLowerCase().includes(wanted);
    }
  });

  // --- htmx ---------------------------------------------------------------------------------------------------

  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, parameters, verb } = event.detail;
    if (verb !== "get") headers["X-CSRFToken"] = find("meta[name=csrf-token]")?.content ?? "";
    if (verb !== "get" || !(parameters instanceof FormData)) return;
    for (const name of new Set(parameters.keys())) {
      const kept = parameters.getAll(name).filter((value) => value !== "");
      parameters.delete(name);
      kept.forEach((value) => parameters.append(name, value));
    }
  });

  // Ctrl, Cmd or Shift open a tab or a window of its own, as on any link; htmx would mind but two of them, on some links.
  document.addEventListener("click", (event) => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (elsewhere && event.target.closest?.("a:is([hx-boost], [hx-get])")) event.stopPropagation();
  }, true);

  // The link that closes a dialog stands in a form whose links htmx follows; it would load the page anew behind it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.closest("dialog [data-close]")) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    // A whole page where a dialog was expected (a redirect was followed): go there instead.
    const { target, xhr } = event.detail;
    if (target?.id !== "dialog-body") return;
    if (/^\s*<!doctype/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      if (xhr.status < 400) location.assign(xhr.responseURL);
    } else if (xhr.status === 409) {
      // Somebody was quicker: why it is not possible any more stands where the question stood.
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target?.id === "dialog-body") {
      const dialog = find("#dialog");
      if (!dialog.open) dialog.showModal();
    }
    find("[data-focus]", target)?.focus();
    showTab();
  });

  // What looks again by itself takes neither a button from under a finger nor the focus: the next look is not far.
  const LOOKS = "[hx-trigger^='every']";
  let holding = "";

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if (!target?.matches?.(LOOKS)) return;
    if (find(":active", target)) event.detail.shouldSwap = false;
    else if (target.contains(document.activeElement)) holding = document.activeElement.textContent.trim();
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!holding) return;
    all(`${LOOKS} :is(a, button)`).find((one) => one.textContent.trim() === holding)?.focus({ preventScroll: true });
    holding = "";
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt?.closest?.("form[data-sending]");
    if (form) release(form);
  });

  // Signed out meanwhile: what was typed stays, and is sent with a fresh token once somebody signed in again elsewhere.
  let isSignedOut = false;

  async function freshen() {
    const answer = await fetch(location.href);
    if (answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = find("meta[name=csrf-token]", page)?.content;
    if (!token) return;
    find("meta[name=csrf-token]").content = token;
    for (const field of all("[name=csrfmiddlewaretoken]")) field.value = token;
    isSignedOut = false;
  }

  document.addEventListener("htmx:confirm", (event) => {
    if (!isSignedOut || event.detail.verb === "get") return;
    event.preventDefault();
    freshen().finally(() => event.detail.issueRequest(true));
  });

  // What looks again by itself says once that nothing came: the next answer brings a new element in its place.
  function complain(elt, text) {
    if (elt.matches?.(LOOKS)) {
      if (elt.dataset.failed) return;
      elt.dataset.failed = "1";
    }
    toast(text, "bad");
  }

  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    isSignedOut = xhr.status === 401;
    complain(elt, isSignedOut ? toasts().dataset.signedOut : `${toasts().dataset.failed} (${xhr.status})`);
  });
  document.addEventListener("htmx:sendError", (event) => complain(event.detail.elt, toasts().dataset.offline));
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));

  // --- Keyboard -----------------------------------------------------------------------------------------------

  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const shortcutsOff = () => !document.body.hasAttribute("data-shortcuts");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || shortcutsOff() || find("dialog[open]")) return;
    const link = /^\w$|^[[\]]$/.test(event.key) && find(`[data-key="${event.key}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    } else if (event.key === "/") {
      event.preventDefault();
      (find("#q") ?? find("#gsearch"))?.focus();
    } else if (event.key === "?") {
      event.preventDefault();
      find("#shortcuts")?.showModal();
    }
  });

  // The cookie is for this browser at once; the server keeps the choice for the person.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-shortcuts-off]")) return;
    document.body.toggleAttribute("data-shortcuts", !event.target.checked);
    document.cookie = `shortcuts=${event.target.checked ? "off" : "on"};path=/;max-age=${A_YEAR};samesite=lax`;
  });

  // --- At the start ---------------------------------------------------------------------------------------------

  all("[data-toast]").forEach(expire);
  showTab();
  find(".side .nav a[aria-current]")?.scrollIntoView({ block: "nearest" });
  find("[data-focus]")?.focus();
  window.ui = Object.freeze({ find, all, toast, typing, shortcutsOff, A_YEAR });
})();
