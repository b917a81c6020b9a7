// Ticking a request ticks its days, and the other way round. Without this script, the server reads both alike.
const form = document.querySelector("[data-requests]");

if (form) {
  const all = form.querySelector("[data-tick-all]");
  const everything = all.querySelector("input");
  const requests = [...form.querySelectorAll("[data-request]")].map((element) => ({
    whole: element.querySelector("[data-all]"),
    days: [...element.querySelectorAll("[name=jour]")],
  }));

  const sum = (box, parts) => {
    const ticked = parts.filter((part) => part.checked).length;
    box.checked = parts.length > 0 && ticked === parts.length;
    box.indeterminate = ticked > 0 && ticked < parts.length;
  };
  const sumAll = () => sum(everything, requests.map((request) => request.whole));
  const tick = ({ whole, days }, checked) => {
    for (const box of [whole, ...days]) {
      box.checked = checked;
      box.indeterminate = false;
    }
  };

  for (const request of requests) {
    request.whole.addEventListener("change", () => {
      tick(request, request.whole.checked);
      sumAll();
    });
    for (const day of request.days) {
      day.addEventListener("change", () => {
        sum(request.whole, request.days);
        sumAll();
      });
    }
  }
  everything.addEventListener("change", () => requests.forEach((request) => tick(request, everything.checked)));
  all.hidden = false;
}
