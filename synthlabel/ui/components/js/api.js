import env from "$/env.json";
import { getBackendURL } from "$/utils/state";

const configuredOrigin = new URL(env.PING).origin;

/** The backend as this page must address it: by the host name in the address bar, so that cookies and images work. */
export const backendOrigin = () => getBackendURL(env.PING).origin;

export const apiAddress = (path) => `${backendOrigin()}/api/v1${path}`;

/** A signed file address, moved to the backend's host as seen from here. The signature covers the path alone. */
export const fileAddress = (address) =>
  address?.startsWith(`${configuredOrigin}/`) && typeof window !== "undefined"
    ? backendOrigin() + address.slice(configuredOrigin.length)
    : address;

export const fileSet = (srcset) => srcset?.split(", ").map(fileAddress).join(", ");

/** What the API refused, in its own words: `fields` by name, `retryAfter` in seconds. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || "The server did not answer as expected.");
    this.status = status;
    this.code = document.code;
    this.fields = Object.fromEntries((document.errors ?? []).map((error) => [error.field, error.message]));
  }
}

/** Call the API with the session's cookie. Rejects with a Problem, also when nobody answered (status 0). */
export async function call(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(apiAddress(path), {
      method,
      credentials: "include",
      headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, { detail: "The server cannot be reached. Check the connection and try again." });
  }
  const document = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, document ?? {});
  return document;
}
