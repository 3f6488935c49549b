/* Files on their way to storage: straight from the browser, one request each, with progress and a way to stop. */
import { useCallback, useRef, useState } from "react";

import { call, fileAddress, newKey } from "./shared.js";

class Stopped extends Error {}

/** Send a file by the form that the API gave for it. `hold(request)` gets what can be aborted. */
function send(form, file, { hold, onShare }) {
  const request = new XMLHttpRequest();
  hold(request);
  return new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error("The storage did not take the file. Try again.")));
    request.onerror = () => reject(new Error("The connection broke while the file was on its way. Try again."));
    request.onabort = () => reject(new Stopped());
    request.open(form.method, fileAddress(form.url));
    Object.entries(form.headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.send(form.method === "PUT" ? file : multipart(form.fields, file));
  });
}

function multipart(fields, file) {
  const body = new FormData();
  Object.entries(fields).forEach(([name, value]) => body.append(name, value));
  body.append("file", file); // last: what comes after it is ignored
  return body;
}

const announced = (file) => ({ purpose: "source", filename: file.name || "picture", content_type: file.type, size_bytes: file.size });

const wordsOf = (problem) => Object.values(problem.fields ?? {})[0] ?? problem.message;

/**
 * `{uploads, upload, stop, again, forget}`: uploads that are under way or failed, `{key, file, share, problem}`. One that
 * is ready leaves the list and is handed to `onReady(id)`.
 */
export function useUploads(onReady) {
  const [uploads, setUploads] = useState([]);
  const requests = useRef(new Map());
  const ready = useRef(onReady);
  ready.current = onReady;

  const change = useCallback((key, parts) => setUploads((list) => list.map((one) => (one.key === key ? { ...one, ...parts } : one))), []);
  const forget = useCallback((key) => setUploads((list) => list.filter((one) => one.key !== key)), []);

  const start = useCallback(
    async (key, file) => {
      const isStopped = () => requests.current.get(key) === "stopped";
      try {
        const form = await call("POST", "/uploads", announced(file), { "Idempotency-Key": key });
        if (isStopped()) return;
        await send(form, file, { hold: (request) => requests.current.set(key, request), onShare: (share) => change(key, { share }) });
        change(key, { share: 1 });
        const { id } = await call("POST", `/uploads/${form.id}/complete`);
        if (isStopped()) return;
        forget(key);
        ready.current?.(id);
      } catch (problem) {
        if (!(problem instanceof Stopped) && !isStopped()) change(key, { problem: wordsOf(problem) });
      } finally {
        requests.current.delete(key);
      }
    },
    [change, forget],
  );

  const upload = useCallback(
    (file) => {
      const key = newKey();
      setUploads((list) => [...list, { key, file, share: 0, problem: "" }]);
      start(key, file);
    },
    [start],
  );

  const stop = useCallback(
    (key) => {
      const request = requests.current.get(key);
      requests.current.set(key, "stopped");
      request?.abort?.();
      forget(key);
    },
    [forget],
  );

  const again = useCallback((one) => (forget(one.key), upload(one.file)), [forget, upload]);

  return { uploads, upload, stop, again, forget };
}
