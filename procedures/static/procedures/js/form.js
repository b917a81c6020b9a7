// Follows the conditions of a form, and saves the draft on the way. Without this file every question is shown with its
// condition in words, and each page saves when it is sent. The server decides by itself what counts.

// Conditions: the same rules as procedures/conditions.py, which a test holds together.

const folded = (value) => String(value ?? "").trim().toLowerCase().replaceAll("ß", "ss");

const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (answer) => {
  if (answer === null || answer === undefined || answer === false || answer === "") return true;
  if (Array.isArray(answer)) return answer.every((one) => isMap(one) && isEmpty(one));
  return isMap(answer) && Object.values(answer).every(isEmpty);
};

const words = (answer) => {
  if (isMap(answer)) answer = answer.town ?? "";
  const values = Array.isArray(answer) ? answer : [answer];
  return values.filter((value) => !isMap(value)).map((value) => folded(value === true ? "yes" : value === false ? "" : value));
};

// Figures of any length, exactly: {units, places}, or null for what is no figure.
const number = (value) => {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const found = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(String(value).trim().replaceAll(",", "."));
  if (!found || !(found[2] || found[3])) return null;
  const places = (found[3] ?? "").length;
  return { units: (found[1] === "-" ? -1n : 1n) * BigInt(found[2] + (found[3] ?? "")), places };
};

const compare = (left, right) => {
  const places = Math.max(left.places, right.places);
  const scaled = ({ units, places: own }) => units * 10n ** BigInt(places - own);
  const [one, other] = [scaled(left), scaled(right)];
  return one > other ? 1 : one < other ? -1 : 0;
};

const isDate = (text) => text.length >= 10 && text[4] === "-" && text[7] === "-" && /^\d{4}/.test(text);

const order = (answer, value) => {
  if (isEmpty(answer)) return null;
  const [left, right] = [number(answer), number(value)];
  if (left && right) return compare(left, right);
  const [one, other] = [folded(answer), folded(value)];
  if (!isDate(one) || !isDate(other)) return null;
  return one > other ? 1 : one < other ? -1 : 0;
};

const same = (answer, value) => {
  const [left, right] = [number(answer), number(value)];
  if (left && right) return compare(left, right) === 0;
  const found = words(answer);
  return found.length === 1 && found[0] === folded(value);
};

const contains = (answer, value) => {
  const [found, wanted] = [words(answer), folded(value)];
  if (Array.isArray(answer)) return found.includes(wanted);
  return wanted !== "" && found.length > 0 && found[0].includes(wanted);
};

const RULES = {
  filled: (answer) => !isEmpty(answer),
  empty: (answer) => isEmpty(answer),
  is: same,
  is_not: (answer, value) => !isEmpty(answer) && !same(answer, value),
  contains,
  at_least: (answer, value) => (order(answer, value) ?? -1) >= 0,
  at_most: (answer, value) => (order(answer, value) ?? 1) <= 0,
};

export const holds = ({ rules, any_of: anyOf }, answers) => {
  if (!rules.length) return true;
  const test = (rule) => RULES[rule.operator](answers[rule.field], rule.value ?? "");
  return anyOf ? rules.some(test) : rules.every(test);
};

// What is typed on the page -------------------------------------------------------------------------------------------

const figures = (text) => text.replace(/[\s\u00a0\u202f\u2009'’]|€|euros?$/gi, "").replace(",", ".");

const partsOf = (box) => [...box.querySelectorAll("[data-part][data-kind]")].filter(
  (part) => part.parentElement.closest("[data-row], [data-form-parts]") === box,
);

const typed = (part) => {
  const all = (selector) => [...part.querySelectorAll(selector)];
  switch (part.dataset.kind) {
    case "info":
      return null;
    case "agreement":
      return part.querySelector("input[type=checkbox]").checked;
    case "choices":
      return all("input:checked").map((input) => input.value);
    case "address":
      return Object.fromEntries(all("input, select").map((input) => [input.name.split("__-")[1], input.value.trim()]));
    case "files":
      return [
        ...all("input[type=hidden], input[type=checkbox]:checked").map((input) => input.value),
        ...all("input[type=file]").flatMap((input) => [...input.files].map((file) => file.name)),
      ];
    case "group":
      return all("[data-row]").map((row) => Object.fromEntries(
        partsOf(row).filter((own) => !own.classList.contains("off")).map((own) => [own.dataset.part, typed(own)]),
      ))
        .filter((row) => !Object.values(row).every(isEmpty));
    case "number":
    case "amount":
    case "meter_index":
      return figures(part.querySelector("input").value);
    default: {
      const control = part.querySelector("select, textarea, input:checked, input:not([type=radio])");
      return control ? control.value.trim() : "";
    }
  }
};

const follow = (box, known) => {
  for (const part of partsOf(box)) {
    const shown = !part.dataset.condition || holds(JSON.parse(part.dataset.condition), known);
    part.classList.toggle("off", !shown);
    if (!shown) continue;
    if (part.dataset.kind === "group") {
      part.querySelectorAll("[data-row]").forEach((row) => follow(row, { ...known }));
    }
    const answer = typed(part);
    if (!isEmpty(answer)) known[part.dataset.part] = answer;
  }
};

// The draft ------------------------------------------------------------------------------------------------------------

const QUIET = 1500;
const CUT = "Votre brouillon n’est pas encore enregistré : la connexion est coupée. Vos réponses restent sur cette page.";

const ENDED = "Votre session est terminée. Vos réponses restent sur cette page : connectez-vous dans un autre onglet, puis revenez.";

// Who logged in again has another token than the one this page was drawn with. False while nobody is logged in.
const renewed = async (form) => {
  const answer = await fetch(location.href);
  if (answer.redirected) return false;
  if (!answer.ok) throw new Error(answer.status);
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  form.elements.csrfmiddlewaretoken.value = drawn.querySelector("[data-autosave] [name=csrfmiddlewaretoken]").value;
  return true;
};

const saves = (form) => {
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  let timer = 0;
  let changed = false;
  let stopped = false;
  let ended = false;
  let running = null;

  const tell = (text) => {
    if (status) status.textContent = text;
  };

  const post = () => {
    const body = new FormData(form);
    // Files wait for the page to be sent: a photo every second would be too much for a telephone.
    for (const name of new Set([...body.keys()])) {
      if (body.getAll(name).some((value) => value instanceof File)) body.delete(name);
    }
    return fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  };

  const send = async () => {
    try {
      let answer = ended ? null : await post();
      if (!answer || answer.redirected || answer.status === 403) {
        ended = !(await renewed(form));
        if (ended) {
          changed = true;
          tell(ENDED);
          return;
        }
        answer = await post();
      }
      if (answer.status === 409) {
        stopped = true;
        tell((await answer.json()).message);
        return;
      }
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const { saved, hidden = {} } = await answer.json();
      for (const [name, value] of Object.entries(hidden)) {
        const input = form.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
        if (input) input.value = value;
      }
      tell(saved);
    } catch {
      changed = true;
      tell(CUT);
    }
  };

  const save = () => {
    clearTimeout(timer);
    if (stopped || !changed) return running;
    if (running) return running.then(save);
    changed = false;
    running = send().finally(() => { running = null; });
    return running;
  };

  form.addEventListener("input", (event) => {
    if (stopped || event.target.type === "file") return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  });
  document.addEventListener("visibilitychange", () => {
    if (ended || document.visibilityState === "hidden") save();
  });
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (ended) {
      // Sent now, the page would be lost to the login.
      event.preventDefault();
      changed = true;
      save().then(() => ended || form.requestSubmit(submitter));
      return;
    }
    clearTimeout(timer);
    changed = false;
    if (!running) return;
    // What is being saved changes what this page was drawn from: it is waited for.
    event.preventDefault();
    running.finally(() => form.requestSubmit(submitter));
  });
};

document.querySelectorAll("[data-form-parts]").forEach((box) => {
  const known = JSON.parse(box.dataset.known || "{}");
  const again = () => follow(box, { ...known });
  again();
  box.addEventListener("input", again);
  box.addEventListener("change", again);
  addEventListener("pageshow", again);
  const form = box.closest("form");
  if (form?.dataset.autosave) saves(form);
});
