/** Shows how an upload goes, and keeps "book" shut until what is asked is ticked. Without it, forms are plain posts. */

/** @param {HTMLFormElement} form */
function watch(form) {
  form.addEventListener("submit", (event) => {
    const box = form.querySelector("[data-progress]");
    const bar = box?.querySelector("progress");
    const told = box?.querySelector("p");
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector("input[type=file]"));
    if (!(box instanceof HTMLElement) || !bar || !told) return;
    event.preventDefault();
    box.hidden = false;
    const most = Number(form.dataset.most || 0);
    if (most && (field?.files?.[0]?.size ?? 0) > most) {
      bar.hidden = true;
      told.textContent = told.dataset.large ?? "";
      return;
    }
    bar.hidden = false;
    send(form, field, bar, told);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement | null} field
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} told
 */
function send(form, field, bar, told) {
  const button = form.querySelector("button");
  const request = new XMLHttpRequest();
  const busy = (/** @type {boolean} */ now) => {
    if (button) button.disabled = now;
    form.setAttribute("aria-busy", String(now));
  };
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    told.textContent = told.dataset.reading ?? "";
  });
  request.addEventListener("load", () => {
    busy(false);
    if (request.status < 400) location.assign(request.responseURL);
    else show(request.responseText, field);
  });
  request.addEventListener("error", () => {
    busy(false);
    bar.hidden = true;
    told.textContent = told.dataset.broken ?? "";
  });
  request.open("POST", form.action);
  told.textContent = told.dataset.sending ?? "";
  bar.value = 0;
  request.send(new FormData(form));
  busy(true);
}

/**
 * The answer's main part in place of this one; the chosen file stays chosen.
 * @param {string} text
 * @param {HTMLInputElement | null} field
 */
function show(text, field) {
  const answer = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const main = document.querySelector("main");
  if (!answer || !main) return;
  main.replaceWith(answer);
  const again = /** @type {HTMLInputElement | null} */ (answer.querySelector("form[data-upload] input[type=file]"));
  if (again && field?.files?.length) again.files = field.files;
  begin();
  scrollTo(0, 0);
  const asked = answer.querySelector("[autofocus]");
  if (asked instanceof HTMLElement) asked.focus();
}

function shut() {
  const button = document.querySelector("[data-book]");
  if (!(button instanceof HTMLButtonElement)) return;
  const needed = [...document.querySelectorAll("input[data-needed]")];
  const update = () => {
    const open = needed.every((box) => box instanceof HTMLInputElement && box.checked);
    button.disabled = !open;
    document.querySelectorAll("[data-until]").forEach((reason) => reason.toggleAttribute("hidden", open));
  };
  needed.forEach((box) => box.addEventListener("change", update));
  update();
}

/** Typing into a field means the fields, not the door that was tapped before. */
function follow() {
  document.querySelectorAll(".unclear-row .fields input").forEach((field) =>
    field.addEventListener("input", () => {
      const plain = field.closest(".unclear-row")?.querySelector('input[type=radio][value=""]');
      if (plain instanceof HTMLInputElement && !field.getAttribute("name")?.startsWith("quantity")) plain.checked = true;
    }),
  );
}

function begin() {
  document.querySelectorAll("form[data-upload]").forEach((form) => form instanceof HTMLFormElement && watch(form));
  shut();
  follow();
}

begin();
