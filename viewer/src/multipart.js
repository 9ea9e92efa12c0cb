// One part out of a multipart/related answer (RFC 2387): our archive sends one frame per answer.

const HEADER_END = [13, 10, 13, 10];

/**
 * @param {string} contentType  of the whole answer
 * @param {ArrayBuffer} body
 * @returns {{contentType: string, bytes: Uint8Array}} the first part; the whole body when it is not multipart
 */
export function firstPart(contentType, body) {
  const bytes = new Uint8Array(body);
  if (!/^multipart\//i.test(contentType)) return { contentType, bytes };
  const boundary = boundaryOf(contentType);
  const headerEnd = indexOf(bytes, HEADER_END, 0, Math.min(bytes.length, 4096));
  if (!boundary || headerEnd < 0) throw new Error("The archive sent an answer without parts.");
  const start = headerEnd + HEADER_END.length;
  const end = lastIndexOf(bytes, encode(`\r\n--${boundary}`));
  if (end < start) throw new Error("The archive's answer ended too early.");
  return { contentType: typeOf(bytes.subarray(0, headerEnd)), bytes: bytes.slice(start, end) };
}

/** The transfer syntax a part says it has; undefined when it does not say. */
export function transferSyntaxOf(contentType) {
  return /transfer-syntax\s*=\s*"?([\d.]+)"?/i.exec(contentType)?.[1];
}

function boundaryOf(contentType) {
  const found = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

function typeOf(header) {
  const lines = new TextDecoder("latin1").decode(header).split("\r\n");
  const line = lines.find((one) => /^content-type:/i.test(one)) ?? "";
  return line.replace(/^content-type:/i, "").trim();
}

function encode(text) {
  return [...text].map((character) => character.charCodeAt(0));
}

function indexOf(bytes, wanted, from, to) {
  for (let at = from; at <= to - wanted.length; at += 1) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

function lastIndexOf(bytes, wanted) {
  for (let at = bytes.length - wanted.length; at >= 0; at -= 1) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
