// Forms and messages: one press is one request; what went wrong is said beside the form and at its field.
import { has, instant, t } from "./language.js";
import { make } from "./elements.js";

/** A problem of the API in the reader's language. */
export function explain(problem) {
  if (problem.status === undefined) throw problem; // a fault of ours, for the console
  if (problem.otpRequired) return t("error.otp_required");
  if (problem.status === 429) return t("error.rate_limited", { date: instant(Date.now() + problem.retryAfter * 1000) });
  if (problem.errors.length > 0) return [...new Set(problem.errors.map(explainFault))].join(" ");
  return has(`error.${problem.code}`) ? t(`error.${problem.code}`) : t("error.other", { detail: problem.message });
}

function explainFault({ name, reason }) {
  const field = name.split(".")[0]; // `origins.0` is within `origins`
  return has(`fault.${field}`) ? t(`fault.${field}`) : `${name}: ${reason}`;
}

/** Say something in a live region: a text, whose tone is good or plain, or a problem. */
export function say(region, what, tone = "good") {
  const isProblem = what instanceof Error;
  region.classList.toggle("bad", isProblem && !what.otpRequired);
  region.classList.toggle("good", !isProblem && tone === "good");
  region.textContent = isProblem ? explain(what) : what;
}

/** Call `work` with the fields of a form when it is sent; its text, if any, is said. */
export function onSubmit(form, work) {
  const message = make("p", { className: "message", id: `${form.id}-message` });
  message.setAttribute("role", "status");
  form.append(message);
  document.addEventListener("languagechange", () => say(message, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const send = form.querySelector("button:not([type=button])");
    send.disabled = true;
    say(message, "");
    unmark(form);
    try {
      const done = await work(new FormData(form), form);
      form.reset();
      if (done) say(message, done);
    } catch (problem) {
      say(message, problem);
      mark(form, problem, message.id);
    } finally {
      send.disabled = false;
    }
  });
}

/** Ask in a dialog about something; resolves with the fields of its form, or `null` when it was closed. */
export function askIn(dialog, about) {
  dialog.querySelector(".which").textContent = about;
  const form = dialog.querySelector("form");
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const fields = dialog.returnValue === "yes" ? new FormData(form) : null;
      form.reset();
      resolve(fields);
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

/** What was typed into a field, `undefined` when nothing was. */
export const typed = (fields, name) => fields.get(name)?.trim() || undefined;

function mark(form, problem, messageId) {
  const wrong = problem.errors.map(({ name }) => form.elements[name.split(".")[0]]).filter((field) => field?.setAttribute);
  for (const field of wrong) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", messageId);
  }
  wrong[0]?.focus();
}

function unmark(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
