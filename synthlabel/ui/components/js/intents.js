/* One key per intention: what is asked for again before it was answered is the same request, and is paid for once. */
import { call } from "./api.js";

const keys = new Map();

/** 128 random bits. Not `randomUUID`, which plain http on another host than localhost lacks. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The key of what these values mean: the same one until it is settled. */
export function keyOf(...what) {
  const name = JSON.stringify(what);
  if (!keys.has(name)) keys.set(name, newKey());
  return keys.get(name);
}

/** What this key was for is made or refused: the same asked again is another intention. */
export function settle(key) {
  for (const [name, known] of keys) if (known === key) keys.delete(name);
}

const isAnswer = ({ status }) => status > 0 && status < 500;

/** POST what makes something. If no answer comes, the same path and `what` (else the body) go with the same key again. */
export async function callOnce(path, body, what = body) {
  const key = keyOf(path, what);
  try {
    const answer = await call("POST", path, body, { "Idempotency-Key": key });
    settle(key);
    return answer;
  } catch (problem) {
    if (isAnswer(problem)) settle(key);
    throw problem;
  }
}
