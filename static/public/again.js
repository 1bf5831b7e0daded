// A page that answered a form is the page of its address from then on: Back and Reload open it, nothing is sent twice, and
// no browser shows a page of its own that asks whether to.
history.replaceState(history.state, "");
