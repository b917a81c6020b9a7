// The editor of a procedure: proposes the keys of questions and of their answers, follows the links of the check.
// Everything is read from the names of the inputs of Wagtail's StreamField (form-0-value-fields-2-value-label), when
// an input is entered: nothing has to be kept in step with blocks that come, go and move. Without this script, the same
// texts are typed.
const YES_NO = [["yes", "Oui"], ["no", "Non"]];

const input = (name) => document.querySelector(`[name="${CSS.escape(name)}"]`);
const valueOf = (name) => input(name)?.value ?? "";

// The children of a stream or of a list, as Wagtail would read them: those that stay, in their order.
function childrenOf(prefix) {
  const count = Number(valueOf(`${prefix}-count`) || 0);
  const found = [];
  for (let index = 0; index < count; index += 1) {
    const base = `${prefix}-${index}`;
    if (!input(`${base}-order`) || valueOf(`${base}-deleted`)) continue;
    found.push({ base, type: valueOf(`${base}-type`), order: Number(valueOf(`${base}-order`)), value: `${base}-value` });
  }
  return found.sort((one, other) => one.order - other.order);
}

function slug(text) {
  const words = text.replace(/œ/gi, "oe").replace(/æ/gi, "ae").normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const key = words.replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[-_\s]+/g, "-").slice(0, 60).replace(/^-+|-+$/g, "");
  return key && !/^[a-z]/.test(key) ? `champ-${key}`.slice(0, 60) : key;
}

const question = (child) => {
  const label = valueOf(`${child.value}-label`);
  return { ...child, label, key: valueOf(`${child.value}-key`) || slug(label) };
};

// Every question of the steps, in the order of the form.
function questions() {
  return childrenOf("form").flatMap((step) => childrenOf(`${step.value}-fields`).map((child) => ({ ...question(child), step })));
}

function isBefore(one, place) {
  if (one.step.order !== place.step.order) return one.step.order < place.step.order;
  return place.order === undefined ? false : one.order < place.order;
}

// Where an input of a condition stands: its step, its question if it is one's, its group if it is in one.
function placeOf(name) {
  const found = /^(form-(\d+))-value(?:-fields-(\d+))?/.exec(name);
  if (!found) return null;
  const step = { order: Number(valueOf(`${found[1]}-order`)) };
  const base = found[3] === undefined ? null : `${found[1]}-value-fields-${found[3]}`;
  const inner = /^form-\d+-value-fields-\d+-value-fields-(\d+)/.exec(name);
  return { step, base, order: base ? Number(valueOf(`${base}-order`)) : undefined, inner: inner ? Number(inner[1]) : null };
}

function earlierQuestions(name) {
  const place = placeOf(name);
  if (!place) return [];
  if (place.inner !== null) {
    // In a repeated group, a condition reads the group.
    const own = Number(valueOf(`${place.base}-value-fields-${place.inner}-order`));
    return childrenOf(`${place.base}-value-fields`).filter((child) => child.order < own).map(question);
  }
  return questions().filter((one) => isBefore(one, place));
}

function answersOf(name) {
  const written = valueOf(name.replace(/-value$/, "-field"));
  const known = name.startsWith("routing") ? questions() : [...earlierQuestions(name), ...questions()];
  const one = known.find((candidate) => candidate.key === written || candidate.label === written);
  if (!one) return [];
  if (one.type === "yes_no") return YES_NO;
  if (one.type === "agreement") return [["yes", "coché"]];
  if (one.type !== "choice" && one.type !== "choices") return [];
  return childrenOf(`${one.value}-options`).map((option) => {
    const label = valueOf(`${option.value}-label`);
    return [valueOf(`${option.value}-key`) || slug(label), label];
  });
}

function handlerInputs() {
  const all = JSON.parse(document.getElementById("procedure-handlers")?.textContent || "[]");
  const chosen = all.find((handler) => handler.key === valueOf("handler"));
  return (chosen?.inputs ?? []).map((one) => [one.name, one.required ? one.label : `${one.label} (facultatif)`]);
}

const PROPOSALS = {
  "earlier-question": (name) => earlierQuestions(name).filter((one) => one.type !== "info").map((one) => [one.key, one.label]),
  question: () => questions().filter((one) => one.type !== "info").map((one) => [one.key, one.label]),
  answer: (name) => answersOf(name),
  input: () => handlerInputs(),
};

function propose(control) {
  const options = PROPOSALS[control.dataset.proposes]?.(control.name);
  if (!options) return;
  const list = document.getElementById("procedure-proposals") ?? document.body.appendChild(Object.assign(document.createElement("datalist"), { id: "procedure-proposals" }));
  list.replaceChildren(...options.map(([value, label]) => Object.assign(document.createElement("option"), { value, label: `${label} (${value})` })));
  control.setAttribute("list", list.id);
}

// The key shows as soon as the question is written, and no longer moves.
function showKey(control) {
  const found = /^(.*)-(label|title)$/.exec(control.name ?? "");
  if (!found || !/^(form|statuses)-/.test(control.name)) return;
  const key = input(`${found[1]}-key`);
  if (!key || key.value || !control.value.trim()) return;
  const siblings = [...document.querySelectorAll(`[name$="-key"][data-proposes="key"]`)].filter((other) => sameLevel(other.name, key.name)).map((other) => other.value);
  const wanted = slug(control.value);
  let name = wanted;
  for (let rank = 2; siblings.includes(name); rank += 1) name = `${wanted.slice(0, 56)}-${rank}`;
  key.value = name;
  key.dispatchEvent(new Event("input", { bubbles: true }));
  key.dispatchEvent(new Event("change", { bubbles: true }));
}

// Two keys that must differ: those of two steps, of two questions of the steps, of two answers of one question.
function sameLevel(one, other) {
  const level = (name) => name.replace(/^form-\d+-value-fields-\d+-value-key$/, "question").replace(/-\d+-value-key$/, "");
  return level(one) === level(other);
}

// What the chosen effect asks for is shown, the others' is folded away.
function showHandler() {
  const chosen = valueOf("handler");
  for (const details of document.querySelectorAll("[data-handler]")) {
    details.hidden = details.dataset.handler !== chosen;
    details.open = details.dataset.handler === chosen;
  }
}

// The panel of a field of the page: "#panel-field-department".
function panelOf(hash) {
  const name = hash.replace("#panel-field-", "");
  return document.querySelector(`[name="${CSS.escape(name)}"], [name^="${CSS.escape(name)}-"]`)?.closest("[data-panel]");
}

// A link of the check: opens the tab and the blocks that hide what it names.
function goTo(event) {
  const link = event.target.closest("[data-go-to]");
  const target = link && (document.getElementById(link.hash.slice(1)) ?? panelOf(link.hash));
  if (!target) return;
  event.preventDefault();
  const panel = target.closest('[role="tabpanel"]');
  if (panel?.hidden) document.querySelector(`[role="tab"][href="#${panel.id}"]`)?.click();
  for (let block = target; block; block = block.parentElement?.closest("[data-panel]")) {
    const toggle = block.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
  target.scrollIntoView({ block: "center" });
  (target.querySelector("input:not([type=hidden]), select, textarea, [data-panel-toggle]") ?? target).focus({ preventScroll: true });
}

async function checkAgain() {
  const box = document.querySelector("[data-check-url]");
  if (!box) return;
  const response = await fetch(box.dataset.checkUrl, { headers: { "X-Requested-With": "fetch" } });
  if (response.ok) box.innerHTML = await response.text();
}

document.addEventListener("focusin", (event) => event.target.dataset?.proposes && propose(event.target));
document.addEventListener("focusout", (event) => event.target.name && showKey(event.target));
document.addEventListener("change", (event) => event.target.name === "handler" && showHandler());
document.addEventListener("click", goTo);
document.addEventListener("w-autosave:success", checkAgain);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showHandler);
else showHandler();
