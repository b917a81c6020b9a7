// Niceties only: every page works without this file.
document.documentElement.classList.add("js");

// After an error the summary is read first.
document.querySelector("[data-focus]")?.focus();

// Menus close on Escape and on a click elsewhere.
const openMenus = () => document.querySelectorAll(".dropdown[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
document.addEventListener("click", (event) => {
  openMenus().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// A password can be shown while it is typed.
document.querySelectorAll('.field input[type="password"]').forEach((input) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button second small";
  const label = document.createElement("span");
  label.textContent = "Afficher";
  const what = document.createElement("span");
  what.className = "sr";
  what.textContent = " le mot de passe";
  button.append(label, what);
  const box = document.createElement("div");
  box.className = "with-button";
  input.replaceWith(box);
  box.append(input, button);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    label.textContent = hidden ? "Masquer" : "Afficher";
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
});

// A form is sent once: the second click of a double click is lost. The server holds to it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
