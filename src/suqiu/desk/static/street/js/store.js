/* What the phone holds: the list as it was last heard, what is not sent yet, and what is being written. */
const NAME = "suqiu-street";
/* A list that is older than a day and a night tells nothing any more: less is kept, not more. */
const OLD = 36 * 3600 * 1000;
let opened = null;

function open() {
  opened ||= new Promise((done, fail) => {
    const ask = indexedDB.open(NAME, 1);
    ask.onupgradeneeded = () => {
      ask.result.createObjectStore("kept");
      ask.result.createObjectStore("drafts");
      ask.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    };
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => fail(ask.error);
  });
  return opened;
}

let left = false;
/* Who has logged out leaves nothing here: an answer that was still on its way is kept no more. */
const on = async (store, mode, act) => (left && mode === "readwrite" ? undefined : within(store, mode, act));

async function within(store, mode, act) {
  const base = await open();
  return new Promise((done, fail) => {
    const work = base.transaction(store, mode);
    const ask = act(work.objectStore(store));
    /* Written is what has been committed, not what was asked for. */
    work.oncomplete = () => done(ask.result);
    work.onerror = work.onabort = () => fail(work.error);
  });
}

export const keepList = (list) => on("kept", "readwrite", (s) => s.put({ ...list, at: Date.now() }, "list"));
export async function list() {
  const found = await on("kept", "readonly", (s) => s.get("list"));
  if (found && Date.now() - found.at > OLD) return { ...found, tasks: [] };
  return found;
}
export const draft = (key) => on("drafts", "readonly", (s) => s.get(key));
export const keepDraft = (key, value) => on("drafts", "readwrite", (s) => s.put(value, key));
export const dropDraft = (key) => on("drafts", "readwrite", (s) => s.delete(key));
export const put = (entry) => on("outbox", "readwrite", (s) => s.put(entry));
export const drop = (seq) => on("outbox", "readwrite", (s) => s.delete(seq));
export const unsent = () => on("outbox", "readonly", (s) => s.getAll());
export async function clear() {
  left = true;
  for (const store of ["kept", "drafts", "outbox"]) await within(store, "readwrite", (s) => s.clear());
}
