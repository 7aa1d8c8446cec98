import { Limpid } from "../limpid.mjs";

const file = document.getElementById("file"),
  score = document.getElementById("score");
const tell = (error) => {
  score.value = error.message;
};
const loading = Limpid.load();
loading.catch(tell);
file.onchange = () => {
  const [picture] = file.files; // none: the choice was cleared
  if (picture) restore(picture).catch(tell);
};

async function restore(picture) {
  const limpid = await loading;
  const { image, noisy, rmse, before } = await limpid.denoise(picture, { noise: 0.2, seed: 1 });
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
