// A lever that answers while the hand moves: a native range, a typed value, marks and bands.
// One message is on its way at a time, the newest value wins, and the last one is always sent.
const LONGEST = 250; // ms without an answer after which the next value leaves all the same
const hands = new WeakMap();
const moves = (window.leverMoves ??= { token: "", open: {}, levers: new Map(), tell: null });

export default function (component) {
  const { data, parentElement } = component;
  let hand = hands.get(parentElement);
  if (!hand) {
    hand = start(parentElement);
    hands.set(parentElement, hand);
  }
  // To another session only what is still to be taken is known.
  if (hand.token !== data.token) hand.last = hand.flying = moves.open[data.name]?.n ?? 0;
  hand.last = Math.max(hand.last, data.taken); // also when a clock was set back
  hand.token = data.token;
  hand.data = data;
  moves.levers.set(data.name, (number) => answered(hand, number));
  draw(hand);
  answered(hand, data.taken);
  // What was drawn before the last move was taken says nothing new.
  const settled = !hand.moving && !hand.flying && !hand.wanted;
  if (settled && data.taken >= hand.last) take(hand, data.value);
  return () => clearTimeout(hand.timer);
}

function start(root) {
  const find = (name) => root.querySelector(`.${name}`);
  const hand = {
    range: find("range"), typed: find("typed"), unit: find("unit"), marks: find("marks"),
    bands: find("bands"), band: find("band"), changed: find("changed"), refusal: find("refusal"),
    value: null, moving: false, wanted: null, flying: 0, last: 0, live: false, at: 0, timer: 0,
  };
  const { range, typed, marks } = hand;
  // While a number is being typed, nothing else writes into its field.
  hand.dirty = () => Boolean(hand.edited);
  // What has been taken is settled: then undo is the page's, not the field's.
  hand.edit = (now) => {
    hand.edited = now;
    if (now) delete typed.dataset.settled;
    else typed.dataset.settled = "";
  };
  hand.edit(false);
  typed.addEventListener("input", () => hand.edit(true));
  range.addEventListener("pointerdown", () => { hand.moving = true; });
  range.addEventListener("input", () => move(hand, rounded(hand, Number(range.value)), true));
  for (const end of ["pointerup", "pointercancel", "change", "blur", "keyup"]) {
    range.addEventListener(end, () => release(hand));
  }
  range.addEventListener("keydown", (event) => {
    const next = keyed(hand, event.key);
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    hand.moving = event.repeat;
    move(hand, next, event.repeat);
  });
  typed.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit(hand);
    if (event.key === "Escape") { hand.edit(false); typed.value = shown(hand, hand.value); refuse(hand, ""); }
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (up) {
      event.preventDefault();
      move(hand, within(hand, hand.value + up * hand.data.step), event.repeat);
    }
  });
  typed.addEventListener("keyup", () => release(hand));
  typed.addEventListener("blur", () => commit(hand));
  marks.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-value]");
    if (mark) move(hand, Number(mark.dataset.value), false);
  });
  return hand;
}

// What is drawn

function draw(hand) {
  const { range, typed, data } = hand;
  const fixed = JSON.stringify({ ...data, value: 0, taken: 0, token: "" });
  if (fixed === hand.fixed) return;
  hand.fixed = fixed;
  range.min = data.low;
  range.max = data.high;
  range.setAttribute("aria-label", data.label);
  typed.setAttribute("aria-label", data.typed);
  hand.unit.textContent = data.unit;
  const place = (value) => (100 * (value - data.low)) / (data.high - data.low);
  hand.bands.replaceChildren(...data.bands.map((band) => {
    const piece = document.createElement("i");
    piece.style.left = `${place(band.low)}%`;
    piece.style.width = `${place(band.high) - place(band.low)}%`;
    piece.title = band.name;
    return piece;
  }));
  hand.marks.replaceChildren(...data.marks.map((mark) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `mark ${mark.kind} ${mark.side}`;
    button.style.left = `${place(mark.value)}%`;
    button.dataset.value = mark.value;
    button.textContent = mark.label;
    button.title = mark.hint;
    button.setAttribute("aria-label", mark.hint);
    return button;
  }));
  if (hand.value !== null) paint(hand);
}

function paint(hand) {
  const { range, typed, data, value } = hand;
  const steps = (value - data.low) / data.step;
  range.step = Math.abs(steps - Math.round(steps)) < 1e-6 ? data.step : "any";
  range.value = value;
  const part = (value - data.low) / (data.high - data.low);
  range.style.setProperty("--part", `calc(9px + ${part} * (100% - 18px))`);
  // Where two bands meet, the lower one holds, as in the head of the card (Lever.band).
  const now = data.bands.findIndex((band) => value >= band.low && value <= band.high);
  [...hand.bands.children].forEach((piece, k) => piece.classList.toggle("now", k === now));
  const name = now < 0 ? "" : data.bands[now].name;
  hand.band.textContent = name;
  hand.changed.textContent = value === data.baseline ? "" : data.changed.replace("{value}", short(value));
  range.setAttribute("aria-valuetext", [`${shown(hand, value)} ${data.unit}`, name].filter(Boolean).join(", "));
  if (!hand.dirty()) typed.value = shown(hand, value);
}

function shown(hand, value) {
  const exact = Number(value.toFixed(6));
  const given = String(exact).split(".")[1]?.length ?? 0;
  return exact.toFixed(Math.max(hand.data.decimals, given)).replace("-", "\u2212");
}

function short(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 }).replace("-", "\u2212");
}

// What the hand does

function move(hand, value, live) {
  hand.edit(false);
  refuse(hand, "");
  if (value === hand.value) return;
  hand.value = value;
  paint(hand);
  want(hand, value, live);
}

function release(hand) {
  hand.moving = false;
  if (hand.wanted) {
    hand.wanted.live = false;
    leave(hand); // the value that the hand leaves behind does not wait
  } else if (hand.live) want(hand, hand.value, false);
}

function keyed(hand, key) {
  const { step, low, high } = hand.data;
  const by = {
    ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
  }[key];
  if (by) return within(hand, rounded(hand, hand.value) + by * step);
  return { Home: low, End: high }[key] ?? null;
}

function rounded(hand, value) {
  const { step, low } = hand.data;
  return within(hand, low + Math.round((value - low) / step) * step);
}

function within(hand, value) {
  const { low, high } = hand.data;
  return Number(Math.min(high, Math.max(low, value)).toFixed(6));
}

function commit(hand) {
  if (!hand.dirty()) return;
  const text = hand.typed.value.normalize("NFKC").replaceAll("\u2212", "-").replaceAll(",", "").trim();
  const value = Number(text);
  const { low, high, refused } = hand.data;
  if (text === "" || !Number.isFinite(value) || value < low || value > high) {
    refuse(hand, refused.replace("{given}", hand.typed.value.slice(0, 20)));
    return;
  }
  hand.edit(false);
  move(hand, value, false);
  hand.typed.value = shown(hand, hand.value);
  refuse(hand, "");
}

function refuse(hand, words) {
  hand.refusal.textContent = words;
  hand.refusal.hidden = !words;
  hand.typed.setAttribute("aria-invalid", words ? "true" : "false");
}

// What is sent, and what comes back

function want(hand, value, live) {
  hand.wanted = { v: value, live };
  pump(hand);
}

function pump(hand) {
  if (!hand.wanted) return;
  const left = hand.flying ? hand.at + LONGEST - performance.now() : 0;
  if (left > 0) {
    clearTimeout(hand.timer);
    hand.timer = setTimeout(() => pump(hand), left);
    return;
  }
  leave(hand);
}

function leave(hand) {
  clearTimeout(hand.timer);
  const n = Math.max(hand.last + 1, Date.now());
  hand.last = hand.flying = n;
  hand.at = performance.now();
  hand.live = hand.wanted.live;
  const sent = { ...hand.wanted, n };
  hand.wanted = null;
  moves.open[hand.data.name] = sent;
  moves.tell?.();
}

function answered(hand, number) {
  if (!hand.flying || number < hand.flying) return;
  hand.flying = 0;
  pump(hand); // the server works out the next answer while this one is being painted
}

function take(hand, value) {
  if (hand.value === value) return;
  hand.value = value;
  hand.live = false;
  paint(hand);
}
