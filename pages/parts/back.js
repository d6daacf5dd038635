// Every move writes the address.  Streamlit makes each of them a place to go back to, so that Back
// would have to be pressed as often as a lever was moved; it leads to the page before instead.
if (!window.backKept) {
  window.backKept = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const same = new URL(url ?? "", location.href).pathname === location.pathname;
    if (same) history.replaceState(state, title, url);
    else push(state, title, url);
  };
}
