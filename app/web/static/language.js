// The language of a page: the reader's choice, else the browser's first that we have.
const LANGUAGES = ["en", "es"];
const CHOICE = "vric-language";
let texts = {};

export const language = () => document.documentElement.lang;
export const has = (key) => key in texts;

/** The text of `key`, with `{name}` replaced by values. */
export function t(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const number = (value) => new Intl.NumberFormat(language()).format(value);
export const day = (iso) => new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(iso));
export const instant = (at) => new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

function firstWished() {
  const wished = [localStorage.getItem(CHOICE), ...navigator.languages];
  return wished.map((tag) => tag?.slice(0, 2)).find((code) => LANGUAGES.includes(code)) ?? "en";
}

async function speak(code) {
  texts = await (await fetch(`/static/texts/${code}.json`)).json();
  document.documentElement.lang = code;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = t(one.dataset.text);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", t(one.dataset.label));
  for (const one of document.querySelectorAll("[data-language]")) one.setAttribute("aria-pressed", one.dataset.language === code);
  document.dispatchEvent(new Event("languagechange"));
}

/** Put the page into its language; the buttons of the header change it. */
export async function startLanguage() {
  await speak(firstWished());
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      localStorage.setItem(CHOICE, button.dataset.language);
      speak(button.dataset.language);
    });
  }
}
