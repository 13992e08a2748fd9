// API keys: a list, a form for a new one, and what can be done to each.
import { button, copyField, find, make } from "../elements.js";
import { askIn, onSubmit, say, typed } from "../forms.js";
import { day, instant, t } from "../language.js";
import { ask, call } from "../session.js";

const message = find("keys-message");
const sayHere = (what, tone) => say(message, what, tone);

export async function showKeys() {
  try {
    const { items } = await call("GET", "/v1/keys");
    find("key-list").replaceChildren(...items.map(shownKey));
    if (items.length === 0) find("key-list").append(make("li", { className: "facts", textContent: t("keys.none") }));
    await offerScopes();
  } catch (problem) {
    sayHere(problem);
  }
}

const titleOf = (key) => key.name || `${key.hint}…`;

function shownKey(key) {
  const facts = [
    t(`kind.${key.kind}`),
    key.scopes ? key.scopes.map((scope) => t(`feature.${scope}`)).join(", ") : t("keys.all_scopes"),
    key.origins.join(", "),
    t("keys.created", { date: day(key.created_at) }),
    key.expires_at ? t("keys.expires", { date: instant(key.expires_at) }) : "",
    key.last_used_at ? t("keys.last_used", { date: instant(key.last_used_at) }) : t("keys.never_used"),
  ];
  const name = make("p", {}, make("strong", { textContent: key.name || t("keys.unnamed") }), " ", make("code", { textContent: `${key.hint}…` }));
  const about = make("div", {}, name, make("p", { className: "facts", textContent: facts.filter(Boolean).join(" · ") }));
  const actions = make("p", { className: "actions" },
    button(t("keys.change"), () => changeKey(key), sayHere),
    button(t("keys.rotate"), () => rotateKey(key), sayHere),
    button(t("keys.revoke"), () => revokeKey(key), sayHere, "danger"));
  for (const one of actions.children) one.setAttribute("aria-label", `${one.textContent}: ${titleOf(key)}`);
  return make("li", {}, about, actions);
}

async function offerScopes() {
  const { items } = await ask("GET", "/v1/plans");
  const features = new Set(items.flatMap((plan) => plan.features));
  const chosen = new FormData(find("key-form")).getAll("scopes");
  find("scopes").querySelectorAll("label").forEach((old) => old.remove());
  for (const feature of features) {
    const box = make("input", { type: "checkbox", name: "scopes", value: feature, checked: chosen.includes(feature) });
    find("scopes").append(make("label", {}, box, make("span", { textContent: t(`feature.${feature}`) })));
  }
}

function showOnce(made) {
  const box = make("div", { className: "once", tabIndex: -1 },
    make("p", {}, make("strong", { textContent: t("keys.once_title") }), ` ${t("keys.once")}`),
    copyField(made.key, t("keys.once_label"), t("copy.do"), t("copy.done")));
  find("new-key").replaceChildren(box);
  box.focus();
}

const lines = (text) => text.split(/[\s,]+/).filter(Boolean);

async function createKey(fields) {
  const kind = fields.get("kind");
  const scopes = fields.getAll("scopes");
  const end = typed(fields, "expires_on");
  const made = await call("POST", "/v1/keys", {
    name: fields.get("name"),
    kind,
    scopes: scopes.length > 0 ? scopes : null,
    origins: kind === "browser" ? lines(fields.get("origins")) : [],
    // To the end of that day, where the reader is.
    expires_at: end ? new Date(`${end}T23:59:59`).toISOString() : null,
  });
  find("make-key").open = false;
  sayHere("");
  await showKeys();
  showOnce(made);
}

async function changeKey(key) {
  const { name, origins } = find("change-key").querySelector("form").elements;
  name.value = key.name;
  origins.value = key.origins.join("\n");
  origins.closest("label").hidden = key.kind !== "browser";
  const fields = await askIn(find("change-key"), titleOf(key));
  if (fields === null) return;
  const change = { name: fields.get("name") };
  if (key.kind === "browser") change.origins = lines(fields.get("origins"));
  await call("PATCH", `/v1/keys/${key.id}`, change);
  sayHere(t("keys.changed"));
  await showKeys();
}

async function rotateKey(key) {
  const fields = await askIn(find("rotate-key"), titleOf(key));
  if (fields === null) return;
  const made = await call("POST", `/v1/keys/${key.id}/rotate`, { keep_old_hours: Number(fields.get("keep_old_hours")) });
  sayHere("");
  await showKeys();
  showOnce(made);
}

async function revokeKey(key) {
  if ((await askIn(find("revoke-key"), titleOf(key))) === null) return;
  await call("DELETE", `/v1/keys/${key.id}`);
  sayHere(t("keys.revoked", { name: titleOf(key) }));
  await showKeys();
}

export function startKeys() {
  const form = find("key-form");
  const { origins } = form.elements;
  const followKind = () => {
    const isBrowser = form.elements.kind.value === "browser";
    origins.closest("label").hidden = !isBrowser;
    origins.required = isBrowser;
  };
  form.addEventListener("change", followKind);
  form.addEventListener("reset", () => setTimeout(followKind));
  onSubmit(form, createKey);
}
