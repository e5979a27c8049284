/* Has a visit counted only after the reader has said yes. A browser that asks not to be tracked has said no for them. */
const KEY = "measurement";
const panel = document.querySelector("[data-consent]");
const page = document.querySelector("link[rel=canonical]")?.href;
const refusedByBrowser = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";

const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const remember = (answer) => { try { localStorage.setItem(KEY, answer); } catch { /* storage refused: it holds for this page */ } };

/* What was searched for, and whatever else stands in a query, is nobody's business. */
const bodies = {
  matomo: (site, referrer) => new URLSearchParams({ rec: 1, idsite: site, url: page, urlref: referrer, action_name: document.title, rand: Math.random() }),
  plausible: (site, referrer) => JSON.stringify({ name: "pageview", domain: site, url: page, referrer }),
};

let counted = false;
function count({ service, endpoint, site }) {
  if (counted || !page) return;
  counted = true;
  const body = bodies[service](site, document.referrer.split(/[?#]/)[0]);
  fetch(endpoint, { method: "POST", mode: "no-cors", credentials: "omit", keepalive: true, body }).catch(() => { /* one visit less */ });
}

if (panel && !refusedByBrowser) {
  const again = document.querySelector("[data-consent-again]");
  panel.querySelectorAll("[data-consent-answer]").forEach((button) => {
    button.addEventListener("click", () => {
      const answer = button.dataset.consentAnswer;
      remember(answer);
      panel.hidden = true;
      again.focus({ preventScroll: true });
      if (answer === "accepted") count(panel.dataset);
    });
  });
  again.hidden = false;
  again.addEventListener("click", () => { panel.hidden = false; panel.querySelector("button").focus(); });
  if (remembered() === "accepted") count(panel.dataset);
  else panel.hidden = remembered() === "refused";
}
