// Fetches where a picture is used after its form is there: looking through every text may take a moment.
const place = document.querySelector("[data-uses]");
if (place) {
  const response = await fetch(place.dataset.uses).catch(() => null);
  const page = response?.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  const list = page?.querySelector("[data-uses-list]");
  if (list) place.replaceChildren(document.adoptNode(list));
}
