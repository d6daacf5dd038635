// An open list closes when the page scrolls.  A page that is drawn anew may move by itself, and a
// field that is clicked at the edge moves into sight: then the list stays, beside its field.
if (!window.listsKept) {
  window.listsKept = true;
  const HAND = 500; // ms after which a scroll is no longer that of a hand
  let hand = -HAND;
  for (const kind of ["wheel", "touchmove"])
    window.addEventListener(kind, () => { hand = performance.now(); }, { capture: true, passive: true });
  window.addEventListener("scroll", (event) => {
    const list = document.querySelector("[role=listbox]");
    if (!list || list.contains(event.target) || performance.now() - hand < HAND) return;
    event.stopImmediatePropagation();
    window.visualViewport?.dispatchEvent(new Event("resize"));
  }, true);
}
