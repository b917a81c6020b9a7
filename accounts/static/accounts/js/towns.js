// Completes postcode and town from the first digits or letters. Without this file the server does it when the form is sent.
document.querySelectorAll('input[data-towns][data-part="postcode"]').forEach((postcode) => {
  // A form may hold several addresses.
  const town = (postcode.closest("[data-address]") ?? postcode.form).querySelector('input[data-towns][data-part="town"]');
  if (!town) return;
  let known = [];

  const find = async (text) => {
    if (text.length < 2) return [];
    try {
      const answer = await fetch(`${postcode.dataset.towns}?q=${encodeURIComponent(text)}`);
      return answer.ok ? (await answer.json()).towns : [];
    } catch {
      return [];
    }
  };

  const list = (input, entries) => {
    input.list.replaceChildren(...entries.map(([value, label]) => {
      const option = document.createElement("option");
      option.value = value;
      option.label = label;
      return option;
    }));
  };

  const unique = (values) => [...new Set(values)];

  const later = (act) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, 150);
    };
  };

  postcode.addEventListener("input", later(async () => {
    const text = postcode.value.trim();
    known = await find(text);
    if (text !== postcode.value.trim()) return;
    list(postcode, known.map((found) => [found.postcode, found.town]));
    const here = unique(known.filter((found) => found.postcode === text).map((found) => found.town));
    if (!here.length) return;
    list(town, here.map((name) => [name, text]));
    if (here.length === 1) town.value = here[0];
    else if (!here.includes(town.value)) town.value = "";
  }));

  town.addEventListener("input", later(async () => {
    const text = town.value.trim();
    const found = await find(text);
    if (text !== town.value.trim() || !found.length) return;
    list(town, found.map((place) => [place.town, place.postcode]));
    const codes = unique(found.filter((place) => place.town === text).map((place) => place.postcode));
    if (!codes.length || codes.includes(postcode.value.trim())) return;
    list(postcode, codes.map((code) => [code, text]));
    if (codes.length === 1) postcode.value = codes[0];
  }));
});
