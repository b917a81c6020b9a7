// The send button is off until a file is chosen and a box ticked (s4.14). The server checks the same without this file.
const fields = document.querySelector("[data-send-document]");
if (fields) {
  const form = fields.closest("form");
  const button = form.querySelector('button[type="submit"]');
  const input = form.querySelector('input[type="file"]');
  const hint = fields.querySelector("[data-send-hint]");
  const staged = form.querySelector('[name="staged"]');
  const missing = () => {
    const [file] = input.files;
    if (file && file.size > Number(input.dataset.maxBytes)) return "Ce fichier pèse plus de 10 Mo : choisissez-en un plus léger.";
    const chosen = file || staged;
    const ticked = form.querySelector('[name="answers"]:checked');
    if (!chosen && !ticked) return "Pour envoyer, choisissez un fichier et cochez au moins une pièce.";
    if (!chosen) return "Pour envoyer, choisissez un fichier.";
    return ticked ? "" : "Pour envoyer, cochez au moins une pièce.";
  };
  const update = () => {
    const sentence = missing();
    button.disabled = sentence !== "";
    if (hint.textContent !== sentence) hint.textContent = sentence;
  };
  form.addEventListener("change", update);
  addEventListener("pageshow", update);
  update();
}
