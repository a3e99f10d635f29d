// Uploads: drop a file, see how far it is, and what is wrong with it by row and column.
"use strict";
for (const form of document.querySelectorAll("form[data-upload]")) follow(form);

function follow(form) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files[0]) upload(form, input.files[0]);
  });
  for (const [name, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("over", isOver);
    });
  }
  form.addEventListener("drop", (event) => {
    const file = event.dataTransfer.files[0];
    if (file) upload(form, file);
  });
}

function upload(form, file) {
  const request = new XMLHttpRequest();
  const progress = form.querySelector(".progress");
  const [bar, said] = [progress.querySelector("progress"), progress.querySelector("output")];
  const show = (text) => { said.textContent = text; };
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("x-form-token", form.elements.form_token.value);
  request.responseType = "json";
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    show(event.loaded < event.total ? `${Math.floor(bar.value)} %` : "reading every row …");
  };
  request.onload = () => finish(form, request.status, request.response);
  request.onerror = () => tell(form, "bad", "The server cannot be reached; nothing was changed.");
  request.onloadend = () => { progress.hidden = true; };
  request.onabort = () => tell(form, "", "Cancelled; nothing was changed.");
  progress.querySelector("button").onclick = () => request.abort();
  form.querySelector(".outcome").replaceChildren();
  bar.value = 0;
  show("0 %");
  progress.hidden = false;
  const body = new FormData();
  if (form.elements.name) body.append("name", form.elements.name.value);
  body.append("file", file);
  request.send(body);
}

function finish(form, status, answer) {
  if (status === 401) {
    location.href = `/login?next=${encodeURIComponent(location.pathname)}`;
  } else if (status >= 400 || !answer) {
    const errors = answer?.errors ?? [];
    // The detail of several faults is all of them once more.
    const isAllSaid = errors.length && errors.every(({ detail }) => answer.detail.includes(detail));
    const what = isAllSaid ? "The file was refused; nothing was changed." : sentence(answer?.detail ?? `The server answered ${status}`);
    tell(form, "bad", what, errors.map(fault));
  } else {
    const page = `${form.dataset.page}/${answer.source}`;
    if (!answer.unchanged && !answer.warnings?.length) location.href = page;
    const version = answer.version.version;
    const text = answer.unchanged
      ? `Nothing new: these bytes are version ${version} already.`
      : `Version ${version} of ${answer.source} is here.`;
    tell(form, answer.unchanged ? "" : "good", text, answer.warnings, page);
  }
}

// A fault with its place: row 3, column "b".
function fault(error) {
  const place = [];
  if (error.row) place.push(`row ${error.row.toLocaleString("en")}`);
  if (error.line) place.push(`line ${error.line.toLocaleString("en")}`);
  if (error.column) place.push(`column "${error.column}"`);
  const value = error.value === undefined ? "" : ` (${JSON.stringify(error.value)})`;
  return sentence(`${place.length ? `${place.join(", ")}: ` : ""}${error.detail}${value}`);
}

function sentence(text) {
  const end = /[.?!]$|\n/.test(text) ? "" : ".";
  return text.charAt(0).toUpperCase() + text.slice(1) + end;
}

function tell(form, kind, text, list = [], page = "") {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  const line = document.createElement("p");
  line.append(text);
  if (page) {
    const link = document.createElement("a");
    link.href = page;
    link.textContent = "See it";
    line.append(" ", link);
  }
  box.append(line);
  if (list?.length) {
    const items = document.createElement("ul");
    for (const each of list) items.appendChild(document.createElement("li")).textContent = each;
    box.append(items);
  }
  form.querySelector(".outcome").replaceChildren(box);
}
