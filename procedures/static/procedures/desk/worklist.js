// How many cases are ticked, and a box that ticks the page. Without this script, the server reads the boxes alike.
const form = document.querySelector("[data-worklist]");

if (form) {
  const boxes = [...form.querySelectorAll("[name=dossier]")];
  const all = form.querySelector("[data-tick-all]");
  const said = form.querySelector("[data-ticked]");

  if (all && said) {
    const everything = all.querySelector("input");
    const count = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      everything.checked = ticked === boxes.length;
      everything.indeterminate = ticked > 0 && ticked < boxes.length;
      const nothing = "Aucun dossier coché";
      const one = "1 dossier coché :";
      said.textContent = ticked === 0 ? nothing : ticked === 1 ? one : `${ticked} dossiers cochés :`;
    };
    everything.addEventListener("change", () => {
      for (const box of boxes) box.checked = everything.checked;
      count();
    });
    for (const box of boxes) box.addEventListener("change", count);
    all.hidden = false;
    count();
  }
}
