// The console's only script: passkeys, and figures that renew themselves. Everything else is HTML.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const post = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(document.documentElement.lang === "en" ? said.en : said.ja);
  return said;
};

const tell = (words) => {
  document.getElementById("told").textContent = words;
};

const enrol = async (code) => {
  const { handle, publicKey } = await post("/enrol/options", { code });
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.user.id = bytes(publicKey.user.id);
  const made = await navigator.credentials.create({ publicKey });
  const response = {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
  };
  const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response };
  return post("/enrol/finish", { handle, answer });
};

const signed = async (options, finish) => {
  const { handle, publicKey } = await post(options, {});
  publicKey.challenge = bytes(publicKey.challenge);
  for (const each of publicKey.allowCredentials ?? []) each.id = bytes(each.id);
  const found = await navigator.credentials.get({ publicKey });
  const response = {
    clientDataJSON: text(found.response.clientDataJSON),
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
  };
  const answer = { id: found.id, rawId: text(found.rawId), type: found.type, response };
  return post(finish, { handle, answer });
};

const on = (selector, act) => {
  for (const form of document.querySelectorAll(selector)) form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("");
    try {
      location.assign((await act(form)).go);
    } catch (error) {
      tell(error.name === "Error" ? error.message : form.dataset.failed);
    }
  });
};

on("#enrol", (form) => enrol(form.elements.code.value));
on("#sign-in", () => signed("/sign-in/options", "/sign-in/finish"));
on("form.approve", (form) => signed(form.dataset.options, form.dataset.finish));

const board = document.getElementById("board");
if (board) {
  const source = new EventSource("/live");
  const lamp = document.getElementById("lamp");
  source.addEventListener("message", (event) => {
    // Written and escaped by our own server; parsed as a document, so that no script in it runs.
    const fresh = new DOMParser().parseFromString(JSON.parse(event.data), "text/html");
    board.replaceChildren(...fresh.body.childNodes);
    lamp.hidden = true;
  });
  source.addEventListener("ended", () => {
    source.close();
    location.assign("/sign-in");
  });
  source.addEventListener("error", () => {
    lamp.hidden = false;
  });
}
