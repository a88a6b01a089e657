// @ts-check

/** 48 bits of milliseconds, then chance. */
export function timeOrderedId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let place = 5; place >= 0; place -= 1, now = Math.floor(now / 256)) bytes[place] = now % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @param {Date} moment */
export function withOffset(moment) {
  const minutes = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + minutes * 60000).toISOString().slice(0, 23);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** @param {string} text */
export function codesIn(text) {
  const parts = text.split(/[\n\r\t,;，；、]+/).map((part) => part.trim()).filter(Boolean);
  return [...new Set(parts.map((part) => (/\/p\/([^/?#]+)/i.exec(part) ?? ['', part])[1].toUpperCase()))];
}

/** A code as it stands on the label, however it was typed; anything else as it is. @param {string} text */
export function asPrinted(text) {
  const code = text.toUpperCase().replace(/[- ]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[PCD][0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}` : text;
}

/** Names this browser, not its owner. */
export function deviceName() {
  let name = localStorage.getItem('baogong.device');
  if (!name) {
    name = `phone-${timeOrderedId().slice(-12)}`;
    localStorage.setItem('baogong.device', name);
  }
  return name;
}

/** The browser's name and a count of its scans. */
export function device() {
  const next = Number(localStorage.getItem('baogong.device_seq') ?? 0) + 1;
  localStorage.setItem('baogong.device_seq', String(next));
  return { device: deviceName(), device_seq: next };
}
