// Every Ctrl+Z and Ctrl+Y counts, however quickly they follow one another: of two presses of a
// button that come before the page has looked, Streamlit knows one.  So they are numbered.
// While a text is edited they are the field's own; behind an open dialog nothing is undone.
const KEPT = 64;
const silent = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"];
const pressed = (window.historyKeys ??= { number: 0, letters: "", send: null });

export default function ({ data, setStateValue }) {
  if (pressed.token !== data.token) Object.assign(pressed, { token: data.token, number: 0, letters: "" });
  const send = (pressed.send = (steps) => setStateValue("steps", steps));
  return () => { if (pressed.send === send) pressed.send = null; };
}

function editing(field) {
  return field.isContentEditable || field.tagName === "TEXTAREA" ||
    (field.tagName === "INPUT" && !silent.includes(field.type) && !field.readOnly &&
      field.getAttribute("role") !== "combobox" && !("settled" in field.dataset));
}

function tell(more) {
  const { token, number, letters } = pressed;
  pressed.send?.({ token, number, letters, ...more });
}

if (!pressed.listens) {
  pressed.listens = true;
  // A server that was started again knows nothing of the page before a first run, and what is
  // pressed in that run is lost: so the run comes before a hand does.
  const app = document.querySelector('[data-testid="stApp"]');
  new MutationObserver(() => {
    if (app.dataset.testConnectionState === "CONNECTED") tell({ again: Date.now() });
  }).observe(app, { attributeFilter: ["data-test-connection-state"] });
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !pressed.send) return;
    const key = event.key.toLowerCase();
    if (!["z", "y"].includes(key)) return;
    const path = event.composedPath().filter((node) => node instanceof Element);
    if (path.some((node) => node.getAttribute("role") === "dialog")) return;
    if (path[0] && editing(path[0])) return;
    event.preventDefault();
    pressed.number += 1;
    pressed.letters = (pressed.letters + (event.shiftKey ? "y" : key)).slice(-KEPT);
    tell();
  }, true);
}
