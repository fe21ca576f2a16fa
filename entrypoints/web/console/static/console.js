// The reader's time zone, for the next page; and live pages: ask again when the server says that something changed.
document.cookie = "escalation_zone=" + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone) +
  ";path=/;max-age=31536000;samesite=lax";
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const notice = document.querySelector(".offline");
  const lost = notice.textContent;
  const show = (why) => {
    notice.textContent = why || lost;
    document.body.classList.toggle("is-offline", why !== "");
  };
  const ask = () => htmx.trigger(live, "changed");
  const follow = () => {
    const events = new EventSource(live.dataset.live);
    events.addEventListener("changed", () => { show(""); ask(); });
    events.addEventListener("away", (event) => show(event.data));
    events.onopen = () => show("");
    events.onerror = () => {
      show(lost);
      if (events.readyState === EventSource.CLOSED) setTimeout(follow, 10000); // an error page ends it for good
    };
  };
  follow();
  setInterval(ask, 30000); // due times come nearer though nothing happened
}
// What a reader has opened stays open when a part of the page is drawn again.
let opened = [];
document.addEventListener("htmx:beforeSwap", () => {
  opened = Array.from(document.querySelectorAll("details[id][open]"), (each) => each.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});
