// The sandbox's control API. Every failure becomes an ApiError whose message can be shown as it is.

export class ApiError extends Error {
  constructor(message, options = {}) {
    super(message, options);
    this.name = "ApiError";
  }
}

const UNREACHABLE = "The sandbox does not answer. Is it still running?";

function refusal(status, body) {
  let said = "";
  try {
    said = JSON.parse(body).error ?? "";
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new ApiError(said || `The sandbox could not do that (HTTP ${status}).`);
}

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  let response;
  try {
    response = await fetch(`/control${path}`, options);
  } catch (error) {
    throw new ApiError(UNREACHABLE, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  return text ? JSON.parse(text) : null;
}

/** XMLHttpRequest because fetch cannot tell how far an upload is. */
function upload(path, form, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/control${path}`);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(refusal(request.status, request.responseText));
    };
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

const chat = (botId, personId) => `/chats/${botId}/${personId}`;

export const api = {
  bots: (language, person) => call("GET", `/bots?language=${encodeURIComponent(language)}&person=${person}`),
  people: () => call("GET", "/people"),
  addPerson: (fields) => call("POST", "/people", fields),
  changePerson: (id, fields) => call("PATCH", `/people/${id}`, fields),
  removePerson: (id) => call("DELETE", `/people/${id}`),

  chat: (bot, person) => call("GET", chat(bot, person)),
  say: (bot, person, fields) => call("POST", `${chat(bot, person)}/messages`, fields),
  upload: (bot, person, form, options) => upload(`${chat(bot, person)}/messages`, form, options),
  tap: (bot, person, messageId, data) => call("POST", `${chat(bot, person)}/taps`, { message_id: messageId, data }),
  openApp: (bot, person, messageId, url) => call("POST", `${chat(bot, person)}/apps`, { message_id: messageId, url }),
  edit: (bot, person, messageId, text) => call("POST", `${chat(bot, person)}/edits`, { message_id: messageId, text }),
  pay: (bot, person, what) => call("POST", `${chat(bot, person)}/pay`, what),
  invoice: (id) => call("GET", `/invoices/${encodeURIComponent(id)}`),
  giveStars: (person, stars) => call("POST", `/people/${person}/stars`, { stars }),
  inline: (bot, person, question) => call("POST", `${chat(bot, person)}/inline`, question),
  sendResult: (bot, person, choice) => call("POST", `${chat(bot, person)}/inline/send`, choice),
  share: (bot, person, what) => call("POST", `${chat(bot, person)}/share`, what),
  block: (bot, person) => call("POST", `${chat(bot, person)}/block`),
  unblock: (bot, person) => call("POST", `${chat(bot, person)}/unblock`),

  faults: () => call("GET", "/faults"),
  addFault: (fields) => call("POST", "/faults", fields),
  removeFault: (id) => call("DELETE", `/faults/${encodeURIComponent(id)}`),
  studio: () => call("GET", "/studio"),
  chooseStudio: (chosen) => call("POST", "/studio", { chosen }),
  vendors: () => call("GET", "/vendors"),
  changeVendor: (name, settings) => call("PATCH", `/vendors/${name}`, settings),
  vendorFaults: () => call("GET", "/vendors/faults"),
  addVendorFault: (fields) => call("POST", "/vendors/faults", fields),
  removeVendorFault: (id) => call("DELETE", `/vendors/faults/${encodeURIComponent(id)}`),
  calls: (after) => call("GET", `/calls?after=${after}`),
  reset: () => call("POST", "/reset"),
};
