// Password, address and one-time codes: each change asks for the present password again.
import { copyField, find } from "../elements.js";
import { onSubmit, say, typed } from "../forms.js";
import { t } from "../language.js";
import { call, forget } from "../session.js";

/** Show what goes with an account whose one-time codes are on or off. */
export function showSecurity({ email, totp: totpIsOn }) {
  find("password-of").defaultValue = email; // tells a password manager whose password changes
  find("totp-state").textContent = t(totpIsOn ? "totp.is_on" : "totp.is_off");
  find("totp-begin").hidden = totpIsOn;
  find("totp-remove").hidden = !totpIsOn;
  find("totp-confirm").hidden = true;
  for (const label of document.querySelectorAll(".code")) {
    label.hidden = !totpIsOn;
    label.querySelector("input").required = totpIsOn;
  }
}

function startTotp(showAgain) {
  onSubmit(find("totp-begin"), async (fields) => {
    const { secret, uri } = await call("PUT", "/v1/me/totp", { password: fields.get("password") });
    find("totp-secret").replaceChildren(copyField(secret, t("totp.secret"), t("copy.do"), t("copy.done")));
    find("totp-link").href = uri;
    find("totp-begin").hidden = true;
    find("totp-confirm").hidden = false;
    find("totp-confirm").elements.code.focus();
  });
  onSubmit(find("totp-confirm"), async (fields) => {
    await call("PUT", "/v1/me/totp", { code: fields.get("code") });
    find("totp-secret").replaceChildren();
    find("totp-link").removeAttribute("href");
    await showAgain();
  });
  onSubmit(find("totp-remove"), async (fields) => {
    await call("DELETE", "/v1/me/totp", { password: fields.get("password"), otp: fields.get("otp") });
    await showAgain();
  });
}

/** Bind the forms; `showAgain` reads the account anew. */
export function startSecurity(showAgain) {
  startTotp(showAgain);
  onSubmit(find("password-form"), async (fields) => {
    await call("POST", "/v1/me/password", {
      password: fields.get("password"), new_password: fields.get("new_password"), otp: typed(fields, "otp"),
    });
    forget();
    say(find("notice"), t("password.done"));
  });
  onSubmit(find("address-form"), async (fields) => {
    await call("PATCH", "/v1/me", {
      email: fields.get("email"), password: fields.get("password"), otp: typed(fields, "otp"),
    });
    return t("address.done");
  });
}
