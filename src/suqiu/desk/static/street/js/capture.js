/* Photos and voice: the bytes as they came, their hash, and when and where they were taken. */
import { h, icon, word } from "./build.js";
import { far, here, metres } from "./ways.js";

async function hash(blob) {
  if (!crypto.subtle) return "";
  const sum = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function taken(blob, field, name) {
  /* Read whole and at once: some phones take a picked file away when the page is left. */
  const own = new Blob([await blob.arrayBuffer()], { type: blob.type });
  return {
    field, blob: own, name, at: new Date().toISOString(), lon: here.lon, lat: here.lat,
    sha256: await hash(own),
  };
}

function chooser(label, sign, field, props, add) {
  const input = h("input", {
    type: "file", className: "sr", ...props, "data-field": field,
    onchange: async (event) => {
      for (const file of [...event.target.files]) await add(await taken(file, field, file.name));
      event.target.value = "";
    },
  });
  return h("label", { className: "btn pick" }, icon(sign), label, input);
}

function recorder(field, add) {
  let machine = null;
  const plain = () => chooser(word("chooseSound"), "paperclip", field, { accept: "audio/*" }, add);
  if (!window.MediaRecorder || !navigator.mediaDevices) return plain();
  const button = h("button", { type: "button", className: "btn pick", onclick: turn }, word("record"));
  async function turn() {
    if (machine) { machine.stop(); return; }
    let sound;
    try {
      sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      button.replaceWith(plain());
      return;
    }
    const parts = [];
    machine = new MediaRecorder(sound);
    machine.ondataavailable = (event) => parts.push(event.data);
    machine.onstop = async () => {
      sound.getTracks().forEach((track) => track.stop());
      const blob = new Blob(parts, { type: machine.mimeType });
      machine = null;
      button.textContent = word("record");
      await add(await taken(blob, field, "voice"));
    };
    machine.start();
    button.textContent = word("stop");
  }
  return button;
}

function shown(file, task, remove) {
  const away = metres(file, task);
  const where = file.lon === null ? word("atNoPlace") : away === null ? "" : word("awayBy", { d: far(away) });
  const time = new Date(file.at).toTimeString().slice(0, 5);
  const url = URL.createObjectURL(file.blob);
  const sound = file.blob.type.startsWith("audio/");
  return h("figure", { className: sound ? "shot sound" : "shot" },
    sound ? h("audio", { controls: true, src: url }) : h("img", { src: url, alt: `${time} ${where}` }),
    h("figcaption", {}, h("span", {}, time), h("span", {}, where)),
    h("button", { type: "button", className: "btn away", "aria-label": word("remove"), onclick: remove }, icon("x")));
}

/* One field of files: camera, gallery, voice where the form takes it; what is there is shown. */
export function filesField(field, task, files, changed) {
  const box = h("div", { className: "pair" });
  const add = async (file) => { files.push(file); await changed(); draw(); };
  function draw() {
    box.replaceChildren(...files.filter((f) => f.field === field.name).map((file) =>
      shown(file, task, async () => { files.splice(files.indexOf(file), 1); await changed(); draw(); })));
  }
  draw();
  const pictures = "image/jpeg,image/png,image/webp,image/heic,.heic";
  const voice = ["photos", "evidence"].includes(field.name);
  return h("div", { className: "form-row" }, h("span", { className: "label" }, field.label), box,
    h("div", { className: "picks" },
      chooser(word("photo"), "camera", field.name, { accept: pictures, capture: "environment" }, add),
      chooser(word("gallery"), "photo", field.name, { accept: pictures, multiple: true }, add),
      voice ? recorder(field.name, add) : null));
}
