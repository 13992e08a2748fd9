// The entrance: sign in, sign up, a forgotten password, and the links that are mailed.
import { find } from "../elements.js";
import { onSubmit, say, typed } from "../forms.js";
import { language, t } from "../language.js";
import { ask, signIn } from "../session.js";

const VIEWS = ["sign-in", "sign-up", "forgot"];
let notice;
// The token of a mailed link, for as long as this page is open.
let resetToken = null;

/** Show one view of the entrance: the one named, or the one that the address asks for. */
export function showView(name) {
  const wished = location.hash.slice(1);
  const shown = name ?? (VIEWS.includes(wished) ? wished : "sign-in");
  for (const view of document.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== shown;
  return document.querySelector(`[data-view="${shown}"]`);
}

function goTo(name) {
  find("entrance").hidden = false;
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  showView(name).querySelector("h1").focus();
}

/** The purpose and the token of a mailed link; the address is cleared of it at once. */
export function takeMailedLink() {
  const [, purpose, token] = location.hash.match(/^#(verify|reset)=(.+)$/) ?? [];
  if (!token) return null;
  history.replaceState(null, "", location.pathname);
  return { purpose, token };
}

/** Use a mailed link; whether it wants a new password before anything else. */
export async function openMailedLink({ purpose, token }) {
  if (purpose === "reset") {
    resetToken = token;
    find("account").hidden = true;
    goTo("new-password");
    return true;
  }
  showView("sign-in");
  try {
    const { email } = await ask("POST", "/v1/accounts/verify", { token });
    find("sign-in").elements.username.value = email;
    say(notice, t("verify.done", { email }));
  } catch (problem) {
    say(notice, problem);
  }
  return false;
}

async function sendSignIn(fields, form) {
  try {
    await signIn(fields.get("username"), fields.get("password"), fields.get("otp"));
  } catch (problem) {
    if (problem.otpRequired) askForCode(form, true);
    throw problem;
  }
  askForCode(form, false);
}

function askForCode(form, isWanted) {
  const { otp } = form.elements;
  otp.closest("label").hidden = !isWanted;
  otp.required = isWanted;
  if (isWanted) otp.focus();
}

/** Bind the entrance; `enter` is called once somebody signed in. */
export function startEntrance(enter, noticeRegion) {
  notice = noticeRegion;
  onSubmit(find("sign-in"), async (fields, form) => {
    await sendSignIn(fields, form);
    await enter();
  });
  onSubmit(find("sign-up"), async (fields) => {
    const wish = { email: fields.get("email"), password: fields.get("password"), language: language() };
    await ask("POST", "/v1/accounts", wish);
    goTo("mail");
  });
  onSubmit(find("forgot"), async (fields) => {
    await ask("POST", "/v1/accounts/reset", { email: typed(fields, "email"), language: language() });
    goTo("mail");
  });
  onSubmit(find("new-password"), async (fields) => {
    await ask("POST", "/v1/accounts/reset/confirm", { token: resetToken, password: fields.get("password") });
    resetToken = null;
    goTo("sign-in");
    say(notice, t("reset.done"));
  });
  addEventListener("hashchange", async () => {
    const link = takeMailedLink();
    if (link) await openMailedLink(link);
    else if (!find("entrance").hidden && VIEWS.includes(location.hash.slice(1))) {
      say(notice, "");
      showView().querySelector("h1").focus();
    }
  });
}
