// Put our words in the place of those that Streamlit has no setting for: its tooltips, its menus,
// its dialogs, the hint in a field.  What stands in its own layers is looked at when it appears,
// the rest when a hand or the focus comes to it, so that a page that moves pays nothing.
window.ownWords = WORDS;
if (!window.ownWordsPut) {
  window.ownWordsPut = true;
  const NAMES = ["aria-label", "title", "placeholder"];
  // "Fullscreen", or with what it is about: "Fullscreen: the path of the year".
  const own = (text) => {
    const words = window.ownWords[text?.trim()];
    if (words !== undefined || !text?.includes(": ")) return words;
    const [first, ...rest] = text.split(": ");
    return window.ownWords[first] && [window.ownWords[first], ...rest].join(": ");
  };
  const put = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        const words = own(node.nodeValue);
        if (words !== undefined && words !== node.nodeValue) node.nodeValue = words;
      } else for (const name of NAMES) {
        const words = own(node.getAttribute?.(name));
        if (words !== undefined) node.setAttribute(name, words);
      }
    }
  };
  const inside = new MutationObserver((found) => found.forEach(({ target }) => put(target)));
  const layer = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE || node.id === "root") return;
    put(node);
    inside.observe(node, { childList: true, subtree: true, characterData: true });
  };
  [...document.body.children].forEach(layer);
  new MutationObserver((found) => found.forEach(({ addedNodes }) => addedNodes.forEach(layer)))
    .observe(document.body, { childList: true });
  const near = ({ target }, place, parts) => {
    target.closest?.(place)?.querySelectorAll(parts).forEach(put);
  };
  const listen = (kind, work) =>
    window.addEventListener(kind, work, { capture: true, passive: true });
  const element = '[data-testid="stElementContainer"]';
  const bar = '[data-testid="stElementToolbar"] button, [aria-label="Open"], [aria-label^="Clear "]';
  for (const kind of ["mouseover", "focusin"]) listen(kind, (event) => near(event, element, bar));
  listen("focusin", ({ target }) => { if (target.tagName === "A") put(target); });
  listen("input", (event) => {
    if (event.target.type === "range") return;
    requestAnimationFrame(() => near(event, element, '[data-testid="InputInstructions"]'));
  });
}
