// Making a new person, or changing one.

import { h } from "./dom.js";
import { confirmed, dialog } from "./notices.js";
import { LANGUAGE_NAMES } from "./session.js";

function languageChoice(chosen) {
  const options = Object.entries(LANGUAGE_NAMES).map(([code, name]) =>
    h("label", {}, h("input", { type: "radio", name: "language", value: code, checked: code === chosen }), h("span", { lang: code }, name)));
  return h("fieldset", { class: "segmented" }, h("legend", {}, "Language of the app"), options);
}

/** Resolves with {first_name, last_name, language_code}, "remove", or null. */
export async function askAboutPerson(person, { removable = false } = {}) {
  const name = h("input", { type: "text", name: "name", required: true, maxlength: 64, autocomplete: "off", placeholder: "Name", value: person?.first_name ?? "", dir: "auto" });
  const last = h("input", { type: "text", name: "last", maxlength: 64, autocomplete: "off", placeholder: "optional", value: person?.last_name ?? "", dir: "auto" });
  const languages = languageChoice(person?.language_code ?? "en");
  const finish = (value) => () => element.close(value);
  const submit = (event) => {
    event.preventDefault();
    if (name.value.trim()) element.close("save");
  };
  const form = h("form", { onsubmit: submit },
    h("div", { class: "sheet-body" },
      h("h2", {}, person ? "Change this person" : "Somebody new"),
      h("label", { class: "labelled" }, h("span", {}, "First name"), name),
      h("label", { class: "labelled" }, h("span", {}, "Last name"), last),
      languages),
    h("div", { class: "sheet-actions" },
      removable && h("button", { type: "button", class: "button danger quiet", onclick: finish("remove") }, "Remove"),
      h("span", { class: "grow" }),
      h("button", { type: "button", class: "button quiet", onclick: finish("") }, "Cancel"),
      h("button", { type: "submit", class: "button primary" }, person ? "Save" : "Add")));
  const { element, closed } = dialog({ class: "sheet", "aria-label": person ? "Change this person" : "Add a person" }, form);
  name.focus();
  const verdict = await closed;
  if (verdict === "remove") return (await confirmed(`Remove ${person.first_name}? Bots can no longer write to them.`, "Remove")) ? "remove" : null;
  if (verdict !== "save") return null;
  const code = languages.querySelector("input:checked").value;
  return { first_name: name.value.trim(), last_name: last.value.trim(), language_code: code };
}
