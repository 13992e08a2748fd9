// Elements of a page. What is written into them is text, never markup.
const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

/** An element with properties and children; `null` children are left out. */
export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** An SVG element with attributes. */
export function draw(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A button that does `work` once at a time and tells `say` what went wrong. */
export function button(text, work, say, className = "") {
  const made = make("button", { type: "button", className, textContent: text });
  onPress(made, work, say);
  return made;
}

export function onPress(made, work, say) {
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await work();
    } catch (problem) {
      say(problem);
    } finally {
      made.disabled = false;
    }
  });
}

/** A secret that is shown once, selected when touched, with a button to copy it. */
export function copyField(secret, label, copyText, copiedText) {
  const field = make("input", { readOnly: true, value: secret, spellcheck: false });
  field.setAttribute("aria-label", label);
  field.addEventListener("focus", () => field.select());
  const said = make("span", { role: "status", className: "facts" });
  const copy = make("button", { type: "button", textContent: copyText });
  copy.addEventListener("click", async () => {
    field.select();
    // Without TLS a browser gives no clipboard; the selection is there to be copied by hand.
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText(secret);
    said.textContent = copiedText;
  });
  return make("div", { className: "copy" }, field, copy, said);
}
