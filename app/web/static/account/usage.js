// Usage: where the account stands in its limits now, and a bar for each of the last days.
import { draw, find, make } from "../elements.js";
import { say } from "../forms.js";
import { day, instant, number, t } from "../language.js";
import { call } from "../session.js";

const DAYS = 31;
const DAY_MS = 86_400_000;
const BAR = 10;

export async function showUsage() {
  try {
    const usage = await call("GET", "/v1/usage");
    const history = usage.days.length > 0 ? [picture(everyDay(usage.days)), table(usage.days)] : [];
    find("usage-shown").replaceChildren(shownQuotas(usage.quotas), ...history);
    say(find("usage-message"), "");
  } catch (problem) {
    say(find("usage-message"), problem);
  }
}

/** The last days, those without requests too, as the API counts them: in UTC. */
function everyDay(found) {
  const used = new Map(found.map((one) => [one.day, one]));
  return Array.from({ length: DAYS }, (_, index) => {
    const iso = new Date(Date.now() - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return used.get(iso) ?? { day: iso, requests: 0, units: 0 };
  });
}

function shownQuotas(quotas) {
  return make("div", { className: "quotas" }, ...quotas.map((quota) => {
    const text = t("usage.quota", { name: t(`quota.${quota.name}`), used: number(quota.used), limit: number(quota.limit) });
    const bar = make("progress", { max: quota.limit, value: quota.used });
    bar.setAttribute("aria-label", text);
    const until = quota.used > 0 ? t("usage.reset", { date: instant(quota.reset_at) }) : t("usage.unused");
    return make("div", {}, make("p", { textContent: text }), bar, make("p", { className: "facts", textContent: until }));
  }));
}

function picture(days) {
  const highest = Math.max(1, ...days.map((one) => one.units));
  const bars = days.map(({ day: date, units }, index) => {
    const height = (100 * units) / highest;
    const title = draw("title", {}, t("usage.bar", { date: day(date), units: number(units) }));
    return draw("rect", { x: index * BAR + 1, y: 100 - height, width: BAR - 2, height }, title);
  });
  const chart = draw("svg", { class: "bars", viewBox: `0 0 ${DAYS * BAR} 100`, preserveAspectRatio: "none", role: "img" }, ...bars);
  const total = days.reduce((sum, one) => sum + one.units, 0);
  chart.setAttribute("aria-label", t("usage.picture", { total: number(total), highest: number(highest) }));
  const axis = make("div", { className: "axis facts" },
    make("span", { textContent: day(days[0].day) }),
    make("span", { textContent: t("usage.highest", { units: number(highest) }) }),
    make("span", { textContent: day(days.at(-1).day) }));
  return make("figure", {}, chart, axis, make("figcaption", { textContent: t("usage.caption") }));
}

function table(days) {
  const head = ["usage.day", "usage.requests", "usage.units"].map((key) => {
    const cell = make("th", { textContent: t(key) });
    cell.scope = "col";
    return cell;
  });
  const rows = days.toReversed().map((one) => make("tr", {},
    ...[day(one.day), number(one.requests), number(one.units)].map((text) => make("td", { textContent: text }))));
  return make("details", {},
    make("summary", { textContent: t("usage.table") }),
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

export function startUsage() {
  // Coming back to the page after some requests shows them.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !find("account").hidden) showUsage();
  });
}
