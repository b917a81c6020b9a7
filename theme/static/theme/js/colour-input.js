// Keeps a colour and its picker in step in the back office.
document.addEventListener("input", ({ target }) => {
  if (target.dataset.colourOf) {
    document.getElementById(target.dataset.colourOf).value = target.value;
  } else if (/^#[0-9a-f]{6}$/i.test(target.value) && target.id) {
    const picker = document.querySelector(`[data-colour-of="${CSS.escape(target.id)}"]`);
    if (picker) picker.value = target.value;
  }
});
