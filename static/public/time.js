// A moment in the merchant's zone, once more in the zone of whoever reads it, where that differs.
(() => {
  for (const place of document.querySelectorAll("[data-local-time]")) {
    const moment = new Date(place.dataset.localTime);
    const offset = /([+-])(\d\d):(\d\d)$/.exec(place.dataset.localTime);
    const theirs = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
    if (Number.isNaN(moment.getTime()) || theirs === -moment.getTimezoneOffset()) continue;
    const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "long", timeStyle: "short" });
    place.textContent = place.dataset.words.replace("%s", format.format(moment));
    place.hidden = false;
  }
})();
