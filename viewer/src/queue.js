// Who may ask the archive next. A browser opens six connections to one host: what a person waits for
// goes first, the newest wish before older ones; what is fetched ahead never takes all of them.

const MOST = 6;
const MOST_AHEAD = 4;

const wishes = [];
const ahead = [];
let running = 0;
let runningAhead = 0;

/**
 * Run a request when its turn has come.
 *
 * @param {() => Promise<T>} request
 * @param {boolean} isWish  true when a person waits for it
 * @returns {Promise<T>}
 * @template T
 */
export function inTurn(request, isWish) {
  return new Promise((resolve, reject) => {
    (isWish ? wishes : ahead).push({ request, resolve, reject, isWish });
    startNext();
  });
}

function startNext() {
  while (running < MOST) {
    const next = wishes.pop() ?? (runningAhead < MOST_AHEAD ? ahead.shift() : undefined);
    if (!next) return;
    start(next);
  }
}

async function start({ request, resolve, reject, isWish }) {
  running += 1;
  runningAhead += isWish ? 0 : 1;
  try {
    resolve(await request());
  } catch (error) {
    reject(error);
  } finally {
    running -= 1;
    runningAhead -= isWish ? 0 : 1;
    startNext();
  }
}
