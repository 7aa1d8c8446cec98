// What happens on the canvas, for those who do not see it.
import { ends } from "./ends.mjs";

export function announce(sentence) {
  document.getElementById("announced").textContent = sentence;
}

const score = ({ rmse, psnr }) =>
  `RMSE ${Number(rmse).toFixed(4)}, PSNR ${Number(psnr).toFixed(1)} dB`;

// Epochs may follow one another faster than anybody listens.
const epochs_told_ms = 2000;
let epoch_told = -Infinity;

export function announce_event(event) {
  if (event.type === "Restored" && event.has_quality) {
    announce(`Restored: ${score(event.noisy)} became ${score(event.restored)}.`);
  } else if (event.type === "EpochEnded") {
    if (performance.now() - epoch_told < epochs_told_ms) return;
    epoch_told = performance.now();
    const loss = Number(event.record.loss).toPrecision(4);
    announce(`Epoch ${event.record.epoch}: loss ${loss}.`);
  } else if (event.type === "TrainingEnded") {
    announce(`${ends[event.end].sentence} ${event.message}`.trim());
  } else if (event.type === "Failed") {
    announce(event.message);
  }
}
