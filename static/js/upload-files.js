// Finds all files in what somebody dropped: folders are walked, names keep their path.

const isFile = (entry) => entry?.isFile;

function read(reader) {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function open(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function walk(entry, found, tell) {
  if (isFile(entry)) {
    found.push({ name: entry.fullPath.replace(/^\//, ""), file: await open(entry) });
    if (found.length % 100 === 0) tell(found.length);
  } else if (entry?.isDirectory) {
    const reader = entry.createReader();
    for (let part = await read(reader); part.length; part = await read(reader)) {
      for (const inner of part) await walk(inner, found, tell);
    }
  }
}

// The dropped items must be asked for their entries at once: they are void after the event.
export function filesIn(items) {
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const loose = entries.length ? [] : items.map((item) => item.getAsFile()).filter(Boolean);
  return async (tell) => {
    const found = loose.map((file) => ({ name: file.name, file }));
    for (const entry of entries) await walk(entry, found, tell);
    return found;
  };
}
