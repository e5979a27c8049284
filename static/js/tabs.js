/* Turns headed panels into tabs (ARIA Authoring Practices, "Tabs with automatic activation"). */
document.querySelectorAll("[data-tabs]").forEach((root) => {
  const panels = [...root.querySelectorAll("[data-tab-panel]")];
  if (panels.length < 2) return;

  const list = document.createElement("div");
  list.className = "tabs tabs__list";
  list.role = "tablist";
  const heading = document.getElementById(root.closest("section")?.getAttribute("aria-labelledby"));
  if (heading) list.setAttribute("aria-labelledby", heading.id);

  const tabs = panels.map((panel) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "tabs__tab";
    tab.role = "tab";
    tab.id = `${panel.id}-tab`;
    tab.textContent = panel.querySelector("[data-tab-title]").textContent;
    tab.setAttribute("aria-controls", panel.id);
    panel.role = "tabpanel";
    panel.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });

  const select = (chosen) => tabs.forEach((tab, i) => {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    panels[i].hidden = tab !== chosen;
  });

  list.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) select(tab); });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const turn = getComputedStyle(root).direction === "rtl" ? -1 : 1;
    const now = tabs.indexOf(document.activeElement);
    const next = step ? (now + step * turn + tabs.length) % tabs.length : { Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs[next]);
    tabs[next].focus();
  });

  root.prepend(list);
  root.dataset.ready = "";
  select(tabs.find((tab, i) => `#${panels[i].id}` === location.hash) ?? tabs[0]);
});
