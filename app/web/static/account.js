// The account page: the entrance for those who are signed out, else the sections of the account.
import { find, onPress } from "./elements.js";
import { say } from "./forms.js";
import { startLanguage, t } from "./language.js";
import { call, forget, isSignedIn, signOut } from "./session.js";
import { showActivity, startActivity } from "./account/activity.js";
import { openMailedLink, showView, startEntrance, takeMailedLink } from "./account/entrance.js";
import { showKeys, startKeys } from "./account/keys.js";
import { startOwnData } from "./account/own_data.js";
import { showSecurity, startSecurity } from "./account/security.js";
import { showUsage, startUsage } from "./account/usage.js";

const notice = find("notice");

async function showAccount() {
  find("entrance").hidden = true;
  find("account").hidden = false;
  await Promise.all([showMe(), showKeys(), showUsage(), showActivity(), showBilling()]);
}

async function showMe() {
  try {
    const me = await call("GET", "/v1/me");
    find("who").textContent = me.email;
    find("plan").textContent = t(`plan.${me.plan}`);
    showSecurity(me);
  } catch (problem) {
    say(notice, problem);
  }
}

async function showBilling() {
  const billing = await call("GET", "/v1/billing").catch(() => null);
  find("invoices").hidden = !billing?.enabled || billing.subscriptions.length === 0;
}

function showEntrance() {
  find("account").hidden = true;
  find("entrance").hidden = false;
  find("new-key").replaceChildren();
  showView();
}

async function enter() {
  say(notice, "");
  if (new URLSearchParams(location.search).get("next") === "plans") {
    location.assign("/plans");
    return;
  }
  history.replaceState(null, "", "/account");
  await showAccount();
  find("account").querySelector("h1").focus();
}

async function start() {
  const link = takeMailedLink();
  await startLanguage();
  startEntrance(enter, notice);
  for (const begin of [startKeys, startUsage, startActivity, startOwnData]) begin();
  startSecurity(showMe);
  document.addEventListener("signedout", () => {
    showEntrance();
    say(notice, t("account.signed_out"));
  });
  document.addEventListener("languagechange", () => {
    say(notice, "");
    if (!find("account").hidden) showAccount();
  });
  onPress(find("sign-out"), signOut, (problem) => say(notice, problem));
  onPress(find("invoices"), async () => {
    location.assign((await call("POST", "/v1/billing/portal")).url);
  }, (problem) => say(notice, problem));
  onPress(find("sign-out-everywhere"), async () => {
    await call("POST", "/v1/me/logout-everywhere");
    forget();
    say(notice, t("sessions.done"));
  }, (problem) => say(notice, problem));
  const signedIn = await isSignedIn().catch((problem) => say(notice, problem));
  if (link && (await openMailedLink(link))) return;
  await (signedIn ? showAccount() : showEntrance());
}

start();
