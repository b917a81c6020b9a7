// Show the sample values of the column just chosen. Without this script, those of the proposed one stay.
for (const select of document.querySelectorAll("[data-column-select]")) {
  select.addEventListener("change", () => {
    const target = select.closest("li").querySelector("[data-samples]");
    const source = document.querySelector(`template[data-column="${CSS.escape(select.value)}"]`);
    target.replaceChildren(...(source ? [source.content.cloneNode(true)] : []));
  });
}
