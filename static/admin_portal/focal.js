// Sets a picture's focal point by a click or the arrow keys, and shows at once what every crop keeps of it.
const STEP = 0.01, LARGE = 0.05;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Where a crop begins, as CSS counts it: the focal point is in its middle as far as the picture reaches.
function position(focal, length, shown) {
  const rest = length - shown;
  return rest > 0.5 ? (100 * Math.min(Math.max(focal * length - shown / 2, 0), rest)) / rest : 50;
}

function start(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const picture = part("picture"), point = part("point"), said = part("said");
  const crops = [...root.querySelectorAll("[data-crop]")];
  const [x, y] = ["x", "y"].map((axis) => document.querySelector(`input[name=focal_${axis}]`));
  if (!x || !y) return;
  const share = (field) => Math.min(Math.max(Number(field.value.replace(",", ".")) || 0, 0), 1);

  function show() {
    const [left, top] = [share(x), share(y)];
    point.style.left = `${100 * left}%`;
    point.style.top = `${100 * top}%`;
    const percent = { "%x%": Math.round(100 * left), "%y%": Math.round(100 * top) };
    point.setAttribute("aria-label", point.dataset.label.replace(/%[xy]%/g, (name) => percent[name]));
    for (const crop of crops) {
      const box = crop.parentElement.getBoundingClientRect();
      const scale = Math.max(box.width / crop.naturalWidth, box.height / crop.naturalHeight);
      const across = position(left, crop.naturalWidth * scale, box.width);
      const down = position(top, crop.naturalHeight * scale, box.height);
      crop.style.objectPosition = `${across}% ${down}%`;
    }
  }

  function set(left, top) {
    for (const [field, value] of [[x, left], [y, top]]) field.value = Math.min(Math.max(value, 0), 1).toFixed(3);
    show();
    said.textContent = point.getAttribute("aria-label");
  }

  picture.addEventListener("click", (event) => {
    if (event.detail === 0) return; // the button, by the keyboard
    const box = picture.getBoundingClientRect();
    set((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    point.focus({ preventScroll: true });
  });
  point.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (!move) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE : STEP;
    set(share(x) + move[0] * step, share(y) + move[1] * step);
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  for (const crop of crops) crop.addEventListener("load", show);
  window.addEventListener("resize", show);
  point.hidden = false;
  show();
}

const root = document.querySelector("[data-focal]");
if (root) start(root);
