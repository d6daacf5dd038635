// Ask the server once whether something has come; say so once. A new ticket ends the old question.
const PAUSE = 1000; // ms before asking again when nobody answered
const asking = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const before = asking.get(parentElement);
  if (before?.url === data.url) return before.end;
  before?.end();
  const question = new AbortController();
  const end = () => question.abort();
  asking.set(parentElement, { url: data.url, end });
  if (data.url) {
    ask(data.url, question.signal).then(
      () => parentElement.isConnected && setTriggerValue("come", true),
      () => {}, // ended: nobody waits any more
    );
  }
  return end;
}

async function ask(url, signal) {
  for (;;) {
    try {
      const answer = await fetch(url, { signal, cache: "no-store" });
      if (answer.status !== 202) return; // 202: not yet, ask again
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((go) => setTimeout(go, PAUSE));
      if (signal.aborted) throw error;
    }
  }
}
