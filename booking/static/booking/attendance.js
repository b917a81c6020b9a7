// Saves each line as it is filled in; what can't be saved says why beside it. Without this script, the form's button saves.
const form = document.querySelector("[data-attendance]");

if (form) {
  const status = form.querySelector("[data-status]");
  const field = (line, name) => form.elements[`${name}-${line.dataset.day}`];
  const waiting = new Map();

  const show = (line, text) => {
    const problem = line.querySelector("[data-problem]");
    problem.textContent = text;
    problem.hidden = !text;
  };

  const apply = (line, answer) => {
    const saved = answer.saved[line.dataset.day];
    if (saved) {
      field(line, "etait").value = saved.seen;
      line.querySelector("[data-saved]").textContent = saved.text;
    }
    show(line, answer.problems[line.dataset.day] ?? "");
    for (const [name, count] of Object.entries(answer.figures)) {
      document.querySelector(`[data-figure="${name}"]`).textContent = count;
    }
    status.textContent = [saved ? "Enregistré." : "", ...answer.warnings].join(" ").trim();
  };

  const save = async (line, stamp = "") => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const input of line.querySelectorAll("input")) {
      if (input.type !== "radio" || input.checked) data.set(input.name, input.value);
    }
    if (stamp) data.set("maintenant", stamp);
    try {
      const response = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      apply(line, await response.json());
    } catch {
      show(line, "Ce pointage n’est pas enregistré. Vérifiez la connexion, puis choisissez « Enregistrer le pointage ».");
    }
  };

  // One request at a time for a line: the next one says what the first has saved.
  const queue = (line, stamp) => {
    const next = (waiting.get(line) ?? Promise.resolve()).then(() => save(line, stamp));
    waiting.set(line, next);
  };

  form.addEventListener("change", (event) => {
    const line = event.target.closest("[data-day]");
    if (!line) return;
    const chosen = field(line, "presence").value;
    if (event.target.type === "time" && !chosen) field(line, "presence").value = "present";
    // Its reason comes next; the focus stays, for those who go through the choices with the arrows.
    if (chosen === "absent_justified" && !field(line, "motif").value.trim()) return;
    queue(line);
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[name=maintenant]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("[data-day]");
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    field(line, button.value.split("-")[0]).value = `${two(now.getHours())}:${two(now.getMinutes())}`;
    field(line, "presence").value = "present";
    queue(line, button.value);
  });
}
