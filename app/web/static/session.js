// The session of an owner: the access token stands in this page's memory alone, the refresh token in a
// cookie that no script can read and no other site can send.
import { language } from "./language.js";

// Whether a cookie is worth asking for; it opens nothing.
const SIGNED_IN = "vric-signed-in";
const EARLY_MS = 30_000;
let token = null;
let freshUntil = 0;

/** An answer other than success, as the API describes it. */
export class Problem extends Error {
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail ?? "");
    Object.assign(this, { status, code: body.code ?? "unreachable", errors: body.errors ?? [], retryAfter });
    this.otpRequired = body.otp_required === true;
  }
}

/** Call the API without a credential, or with the headers given. */
export async function ask(method, path, body, headers = {}) {
  const isForm = body instanceof URLSearchParams;
  const options = { method, headers: { "Accept-Language": language(), ...headers }, cache: "no-store" };
  if (body !== undefined) {
    options.body = isForm ? body : JSON.stringify(body);
    if (!isForm) options.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0);
  }
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("Content-Type") ?? "");
  const content = isJson && text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Problem(answer.status, content, Number(answer.headers.get("Retry-After")));
  return content;
}

/** Call the API as the owner who signed in. */
export async function call(method, path, body) {
  await refreshIfOld();
  try {
    return await ask(method, path, body, { Authorization: `Bearer ${token}` });
  } catch (problem) {
    if (problem.status === 401) forget();
    throw problem;
  }
}

export async function signIn(username, password, otp) {
  await grant({ grant_type: "password", username, password, otp });
}

/** Whether the reader is signed in, here or in a tab before. */
export async function isSignedIn() {
  if (token === null && localStorage.getItem(SIGNED_IN) === null) return false;
  try {
    await refreshIfOld();
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
  return token !== null;
}

export async function signOut() {
  try {
    await ask("POST", "/v1/oauth/revoke", new URLSearchParams());
  } finally {
    forget();
  }
}

/** Drop what is known of a session that is over, in the other tabs too. */
export function forget() {
  token = null;
  freshUntil = 0;
  localStorage.removeItem(SIGNED_IN);
  document.dispatchEvent(new Event("signedout"));
}

async function grant(fields) {
  const answer = await ask("POST", "/v1/oauth/token", new URLSearchParams({ ...fields, cookie: true }));
  token = answer.access_token;
  freshUntil = Date.now() + answer.expires_in * 1000 - EARLY_MS;
  localStorage.setItem(SIGNED_IN, "yes");
}

// A refresh token is used once: the tabs of a browser, which share the cookie, take turns.
async function refreshIfOld() {
  if (Date.now() < freshUntil) return;
  const inTurn = (work) => (navigator.locks ? navigator.locks.request("vric-refresh", work) : work());
  await inTurn(async () => {
    if (Date.now() < freshUntil) return;
    try {
      await grant({ grant_type: "refresh_token" });
    } catch (problem) {
      if (problem.status !== 400) throw problem;
      forget();
      throw new Problem(401, { code: "unauthorized" });
    }
  });
}

addEventListener("storage", (change) => {
  if (change.key === SIGNED_IN && change.newValue === null) forget();
});

// A page that the browser kept and brings back may have missed that.
addEventListener("pageshow", (event) => {
  if (event.persisted && token !== null && localStorage.getItem(SIGNED_IN) === null) forget();
});
