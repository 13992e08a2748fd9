// What happened to the account: sign-ins, failures, changes, first uses of keys by day.
import { find, make, onPress } from "../elements.js";
import { say } from "../forms.js";
import { has, instant, t } from "../language.js";
import { call } from "../session.js";

const PAGE = "/v1/me/audit?limit=10";
let next = null;

export async function showActivity() {
  find("activity-list").replaceChildren();
  next = PAGE;
  await showMore().catch((problem) => say(find("activity-message"), problem));
}

async function showMore() {
  const { items, links } = await call("GET", next);
  find("activity-list").append(...items.map(shownEntry));
  next = links.find((link) => link.rel === "next")?.href ?? null;
  find("older").hidden = next === null;
}

function shownEntry(entry) {
  const kind = has(`audit.${entry.kind}`) ? t(`audit.${entry.kind}`) : entry.kind;
  const plan = entry.detail.to ?? entry.detail.in_force;
  const about = entry.detail.name || (has(`plan.${plan}`) ? t(`plan.${plan}`) : "");
  const what = about ? `${kind}: ${about}` : kind;
  const by = entry.address ?? (has(`by.${entry.by}`) ? t(`by.${entry.by}`) : entry.by);
  const at = make("time", { dateTime: entry.at, textContent: instant(entry.at) });
  return make("li", {}, at, make("span", { textContent: what }), make("span", { className: "facts", textContent: by }));
}

export function startActivity() {
  onPress(find("older"), showMore, (problem) => say(find("activity-message"), problem));
}
