// The attachment that the frame shows is marked in the list; without this, the links still fill the frame.
const links = [...document.querySelectorAll("[data-viewer] [data-piece]")];

function mark(url) {
  for (const link of links) {
    if (link.href === url) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

for (const link of document.querySelectorAll("a[target=piece]")) {
  link.addEventListener("click", () => mark(link.href));
}
if (links.length) mark(links[0].href);
