// Undo and redo belong to whoever is being written in: while a text is edited, Ctrl+Z and Ctrl+Y
// are the field's own.  Behind an open dialog nothing is undone or saved.
if (!window.keysShared) {
  window.keysShared = true;
  const silent = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];
  const editing = (field) =>
    field.isContentEditable || field.tagName === "TEXTAREA" ||
    (field.tagName === "INPUT" && !silent.includes(field.type) && !field.readOnly &&
      field.getAttribute("role") !== "combobox" && !("settled" in field.dataset));
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (!["z", "y", "s"].includes(key)) return;
    const path = event.composedPath().filter((node) => node instanceof Element);
    const field = path[0];
    const behind = path.some((node) => node.getAttribute("role") === "dialog");
    if (behind && key === "s") event.preventDefault();
    if (behind || (key !== "s" && field && editing(field))) event.stopImmediatePropagation();
  }, true);
}
