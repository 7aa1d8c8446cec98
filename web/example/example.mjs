import { Limpid } from "../limpid.mjs";

const limpid = await Limpid.load();
const file = document.getElementById("file"),
  score = document.getElementById("score");
file.onchange = async () => {
  const { image, noisy, rmse, before } = await limpid.denoise(file.files[0], {
    noise: 0.2,
    seed: 1,
  });
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
};
