// The owner's data: a copy of all of it, and its end.
import { find, make, onPress } from "../elements.js";
import { onSubmit, say, typed } from "../forms.js";
import { t } from "../language.js";
import { call, forget } from "../session.js";

async function saveCopy() {
  const data = await call("GET", "/v1/me/data");
  const file = new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: "vric-account.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  say(find("data-message"), t("data.exported"));
}

export function startOwnData() {
  onPress(find("export"), saveCopy, (problem) => say(find("data-message"), problem));
  onSubmit(find("delete-form"), async (fields) => {
    await call("DELETE", "/v1/me", {
      password: fields.get("password"), otp: typed(fields, "otp"), end_subscription: fields.has("end_subscription"),
    });
    forget();
    say(find("notice"), t("data.deleted"));
  });
}
