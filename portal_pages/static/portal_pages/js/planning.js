// The planning is whole without this file: it saves a click on the choice of a month, and keeps panels open.
document.documentElement.classList.add("planning-js");

// Choosing a month or a week shows it.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-go]")) return;
  // A click, not `requestSubmit`: htmx sends the name of a button that was clicked, no other.
  event.target.parentElement.querySelector("button").click();
});

// What was open before a swap stays open after it; the menu whose button was used closes.
let open = [];
document.addEventListener("htmx:beforeSwap", () => {
  open = [...document.querySelectorAll("#planning details[open]:not(.dropdown)")].map((panel) => panel.id);
});
document.addEventListener("htmx:afterSwap", () => {
  open.forEach((id) => {
    const panel = id && document.getElementById(id);
    if (panel) panel.open = true;
  });
  document.querySelector("#planning [data-focus]")?.focus();
});

// A click that could not be sent must not look as if it had been.
const failed = () => { location.reload(); };
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);
