// Ask the server once whether something has come; say so once. A new ticket ends the old question.
const PAUSE = 1000; // ms before asking again when nobody answered
const asking = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const tell = data.words ? drawn(parentElement, data.words) : null;
  const before = asking.get(parentElement);
  if (before?.url === data.url) return before.end;
  before?.end();
  const question = new AbortController();
  const end = () => question.abort();
  asking.set(parentElement, { url: data.url, end });
  if (data.url) {
    ask(data.url, question.signal, tell).then(
      () => parentElement.isConnected && setTriggerValue("come", true),
      () => {}, // ended: nobody waits any more
    );
  }
  return end;
}

// Words and a bar; the bar shows once there is something to show.
function drawn(root, words) {
  let box = root.querySelector(".wait");
  if (!box) {
    box = document.createElement("div");
    box.className = "wait";
    box.innerHTML = '<span role="status"></span><div class="track unknown" role="progressbar"><i></i></div>';
    root.append(box);
  }
  const said = box.firstChild, track = box.lastChild;
  if (said.textContent !== words) said.textContent = words;
  track.setAttribute("aria-label", words);
  return (done) => {
    const percent = Math.round(100 * Math.min(1, done));
    track.classList.remove("unknown");
    track.setAttribute("aria-valuenow", percent);
    track.firstChild.style.width = `${percent}%`;
  };
}

async function ask(url, signal, tell) {
  for (let done = 0; ; ) {
    try {
      const seen = tell ? `?seen=${done}` : "";
      const answer = await fetch(url + seen, { signal, cache: "no-store" });
      if (answer.status !== 202) return; // 202: not yet, ask again
      const found = (await answer.json()).done;
      if (tell && found !== null) tell((done = found));
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((go) => setTimeout(go, PAUSE));
      if (signal.aborted) throw error;
    }
  }
}
