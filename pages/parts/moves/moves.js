// All levers of a page tell their moves through here.  A move is told again, beside the newer ones,
// until the server has taken it.
const moves = (window.leverMoves ??= { token: "", open: {}, levers: new Map(), tell: null });
const drawn = new WeakSet();

export default function ({ data, parentElement, setStateValue }) {
  const anew = !drawn.has(parentElement) || moves.token !== data.token;
  drawn.add(parentElement);
  moves.token = data.token;
  const tell = (moves.tell = () => setStateValue("told", { token: moves.token, open: { ...moves.open } }));
  for (const [name, number] of Object.entries(data.taken)) {
    if (moves.open[name]?.n <= number) delete moves.open[name];
    moves.levers.get(name)?.(number);
  }
  // What was moved while no server was there, or another page began, is left.
  if (anew && Object.keys(moves.open).length) tell();
  return () => { if (moves.tell === tell) moves.tell = null; };
}
