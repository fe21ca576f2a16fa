// The reader's time zone, for the next page; and live pages: ask again when the server says that something changed.
document.cookie = "escalation_zone=" + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone) +
  ";path=/;max-age=31536000;samesite=lax";
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const events = new EventSource(live.dataset.live);
  const ask = () => htmx.trigger(live, "changed");
  events.addEventListener("changed", ask);
  events.onopen = () => document.body.classList.remove("is-offline");
  events.onerror = () => document.body.classList.add("is-offline");
  setInterval(ask, 30000); // due times come nearer though nothing happened
}
