// Behind an open dialog nothing is saved.
if (!window.keysShared) {
  window.keysShared = true;
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    const path = event.composedPath().filter((node) => node instanceof Element);
    if (!path.some((node) => node.getAttribute("role") === "dialog")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
