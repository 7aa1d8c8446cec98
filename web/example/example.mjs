import { Limpid } from "../limpid.mjs";

const file = document.getElementById("file"),
  score = document.getElementById("score");
const tell = (error) => {
  score.value = error.message;
};
const loading = Limpid.load();
loading.catch(tell);
let chosen = new AbortController(); // gives up the picture before
file.onchange = () => {
  const [picture] = file.files; // none: the choice was cleared
  if (!picture) return;
  chosen.abort();
  chosen = new AbortController();
  score.value = "Restoring";
  const { signal } = chosen;
  restore(picture, signal).catch((error) => signal.aborted || tell(error));
};

async function restore(file, signal) {
  const limpid = await loading;
  const options = { noise: 0.2, seed: 1, signal };
  const { image, noisy, rmse, before } = await limpid.denoise(file, options);
  for (const [canvas, picture] of [
    ["noisy", noisy],
    ["restored", image],
  ]) {
    const { width, height } = picture;
    Object.assign(document.getElementById(canvas), { width, height })
      .getContext("2d")
      .putImageData(picture, 0, 0);
  }
  score.value = `RMSE ${before.rmse.toFixed(4)} -> ${rmse.toFixed(4)}`;
}
