// The plans: what each gives, the one in force, and the way to Stripe and back.
import { button, find, make, onPress } from "./elements.js";
import { say } from "./forms.js";
import { day, has, number, startLanguage, t } from "./language.js";
import { ask, call, isSignedIn } from "./session.js";

const notice = find("notice");
const sayHere = (what, tone) => {
  if (what?.code === "billing_not_configured") find("no-payments").hidden = false;
  else say(notice, what, tone);
};
// What Stripe's redirection says, kept while the page is open: the address is cleared of it.
let returned = new URLSearchParams(location.search);

// In the order of their worth to a reader; an account goes without saying.
const FEATURES = ["events", "export", "forensics", "routes", "alerts"];

function allowances(plan) {
  const many = (key, value) => (value === null ? t(`${key}_unlimited`) : t(key, { n: number(value) }));
  return [
    FEATURES.filter((feature) => plan.features.includes(feature)).map((feature) => t(`feature.${feature}`)).join(", "),
    many("allow.minute", plan.burst_per_minute),
    many("allow.day", plan.daily),
    many("allow.page", plan.page_cap),
    plan.export_rows === 0 ? "" : many("allow.export", plan.export_rows),
    plan.api_keys === 0 ? "" : many("allow.keys", plan.api_keys),
    plan.saved_searches === 0 ? "" : many("allow.saved", plan.saved_searches),
  ].filter(Boolean);
}

async function goToCheckout(lookupKey) {
  const { url } = await call("POST", "/v1/billing/checkout", { lookup_key: lookupKey });
  location.assign(url);
}

function choices(plan, billing) {
  const isPaid = plan.prices.length > 0;
  if (billing === null) {
    const [href, key] = isPaid ? ["/account?next=plans#sign-in", "plans.sign_in"] : ["/account#sign-up", "plans.sign_up"];
    return plan.key === "anonymous" ? [] : [make("a", { href, textContent: t(key) })];
  }
  if (!isPaid || !billing.enabled || billing.plan === plan.key || isSubscribed(billing)) return [];
  return plan.prices.map((lookupKey) => {
    const period = lookupKey.split("_").at(-1);
    const text = has(`plans.by_${period}`) ? t(`plans.by_${period}`) : lookupKey;
    const made = button(text, () => goToCheckout(lookupKey), sayHere, "main");
    made.setAttribute("aria-label", `${t(`plan.${plan.key}`)}: ${text}`);
    return made;
  });
}

function shownPlan(plan, billing) {
  const isCurrent = billing?.plan === plan.key;
  const badge = isCurrent ? make("span", { className: "badge", textContent: t("plans.current") }) : null;
  const card = make("li", { className: isCurrent ? "card current" : "card" },
    make("h2", {}, t(`plan.${plan.key}`), " ", badge),
    make("ul", {}, ...allowances(plan).map((text) => make("li", { textContent: text }))),
    make("p", { className: "actions" }, ...choices(plan, billing)));
  if (isCurrent) card.setAttribute("aria-current", "true");
  return card;
}

const ENDED = ["canceled", "incomplete_expired"];
const isSubscribed = (billing) => billing.subscriptions.some(({ status }) => !ENDED.includes(status));

function shownSubscription(held) {
  const status = has(`status.${held.status}`) ? t(`status.${held.status}`) : held.status;
  const dates = [];
  if (held.grace_until) dates.push(t("subscription.grace", { date: day(held.grace_until) }));
  else if (held.grants_access && held.period_end) {
    dates.push(t(held.cancel_at_period_end ? "subscription.ends" : "subscription.renews", { date: day(held.period_end) }));
  }
  const name = make("strong", { textContent: held.plan ? t(`plan.${held.plan}`) : held.lookup_key ?? held.id });
  return make("li", {}, name, ` · ${[status, ...dates].join(" · ")}`);
}

async function show() {
  try {
    const [{ items }, billing] = await Promise.all([
      ask("GET", "/v1/plans"),
      isSignedIn().then((signedIn) => (signedIn ? call("GET", "/v1/billing") : null)),
    ]);
    find("no-payments").hidden = billing === null || billing.enabled;
    find("subscriptions").hidden = !billing?.enabled || billing.subscriptions.length === 0;
    find("subscription-list").replaceChildren(...(billing?.subscriptions ?? []).map(shownSubscription));
    find("plans").replaceChildren(...items.map((plan) => shownPlan(plan, billing)));
  } catch (problem) {
    sayHere(problem);
  }
}

/** Tell what came of a visit to Stripe, which is asked now rather than awaited. */
async function settle() {
  const [checkout, cameFromPortal] = [returned.get("checkout"), returned.has("portal")];
  if (checkout === null && !cameFromPortal) return;
  if (checkout === "cancelled") {
    say(notice, t("checkout.cancelled"), "plain");
    return;
  }
  if (!(await isSignedIn())) {
    say(notice, t("checkout.sign_in"), "plain");
    return;
  }
  say(notice, t("checkout.reading"), "plain");
  const { plan } = await call("POST", "/v1/billing/sync", checkout ? { session_id: checkout } : {});
  const isWaiting = checkout !== null && plan === "free";
  find("check-again").hidden = !isWaiting;
  say(notice, isWaiting ? t("checkout.waiting") : t("checkout.done", { plan: t(`plan.${plan}`) }), isWaiting ? "plain" : "good");
}

async function settleAndShow() {
  await settle().catch(sayHere);
  await show();
}

async function start() {
  await startLanguage();
  history.replaceState(null, "", location.pathname);
  document.addEventListener("languagechange", () => {
    say(notice, "");
    show();
  });
  document.addEventListener("signedout", show);
  onPress(find("portal"), async () => location.assign((await call("POST", "/v1/billing/portal")).url), sayHere);
  onPress(find("check-again").querySelector("button"), settleAndShow, sayHere);
  await settleAndShow();
}

start();
