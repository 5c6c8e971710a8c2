// Talks to the sandbox: requests under /-/, and the stream of what happens.

const AWAY = "The workspace doesn't answer. Is the sandbox still running?";

// requests that a page leaves behind fail too, and nobody is there to read of it
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

/** What a person may read about a request that failed. */
export class RequestFailed extends Error {}

async function answerOf(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (leaving) await new Promise(() => {});
    if (error.name === "AbortError") throw error;
    throw new RequestFailed(AWAY);
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new RequestFailed(`The workspace answered with status ${response.status} and nothing readable.`);
  }
  return answer;
}

/** Reads `/-/name`. */
export async function get(name, parameters) {
  const answer = await answerOf(`/-/${name}?${new URLSearchParams(parameters)}`);
  if (answer.ok === false) throw new RequestFailed(answer.error);
  return answer;
}

/** Posts to `/-/name`; the answer has `ok`, and `error` in words if not. */
export function post(name, body, signal) {
  return answerOf(`/-/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/** Uploads a person's file; `told(part)` hears how much of it has gone, from 0 to 1. Gives the file as the workspace knows it. */
export function upload(user, file, told, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch doesn't tell how far an upload has come
    const failed = (error) => () => reject(error);
    request.open("POST", `/-/files?${new URLSearchParams({ user, name: file.name })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => told(loaded / total));
    request.addEventListener("error", failed(new RequestFailed(AWAY)));
    request.addEventListener("abort", failed(new DOMException("", "AbortError")));
    request.addEventListener("load", () => {
      if (request.response?.ok) resolve(request.response.file);
      else reject(new RequestFailed(request.response?.error ?? "The file didn't arrive."));
    });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/**
 * Listens to what happens for one person until `close()`. `onopen` is called at each (re)connection: whatever happened
 * before it has to be read anew. A lost connection is tried again, later each time, up to 10 s.
 */
export function listen(user, { onopen, onevent, onlost }) {
  let source;
  let timer;
  let wait = 500;
  const connect = () => {
    source = new EventSource(`/-/stream?${new URLSearchParams({ user })}`);
    source.onopen = () => {
      wait = 500;
      onopen();
    };
    source.onmessage = (event) => onevent(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      onlost();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, 10_000);
    };
  };
  connect();
  return {
    close() {
      clearTimeout(timer);
      source.close();
    },
  };
}
