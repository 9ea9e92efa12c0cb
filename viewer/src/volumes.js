// Which frames a volume was made of.

const firstFrames = new Map();

export function rememberVolume(volumeId, frame) {
  firstFrames.set(volumeId, frame);
}

export function firstFrameOfVolume(volumeId) {
  return firstFrames.get(volumeId);
}
