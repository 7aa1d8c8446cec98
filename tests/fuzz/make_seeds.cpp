// make_seeds FOLDER: valid files for the fuzz targets to start from, in FOLDER/model_file and
// FOLDER/picture.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/model/model_file.h"
#include "tests/tiff_file.h"

namespace {

namespace fs = std::filesystem;
using namespace limpid;

Model plain() {
  return {"plain",
          1,
          {{.name = "a", .channels = 2, .kernel = 1, .activation = Activation::relu},
           {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
           {.name = "up", .kind = LayerKind::upsample, .stride = 2},
           {.name = "b", .channels = 1, .kernel = 1}}};
}

Model every_kind() {
  return {"every",
          3,
          {{.name = "down", .channels = 2, .kernel = 1, .stride = 2},
           {.name = "norm", .kind = LayerKind::batch_norm, .activation = Activation::leaky_relu},
           {.name = "drop", .kind = LayerKind::dropout, .rate = 0.5f},
           {.name = "grow",
            .kind = LayerKind::transposed_conv,
            .channels = 3,
            .kernel = 2,
            .stride = 2},
           {.name = "join", .kind = LayerKind::concat, .inputs = {"grow", "input"}},
           {.name = "out", .channels = 3, .kernel = 1, .activation = Activation::sigmoid},
           {.name = "sum", .kind = LayerKind::add, .inputs = {"out", "input"}}}};
}

Picture picture_of(int channels, int bit_depth) {
  Picture picture = {.color = Image(9, 7, channels), .bit_depth = bit_depth};
  for (size_t i = 0; i < picture.color.pixels.size(); ++i) {
    picture.color.pixels[i] = float(i * 37 % 256) / 255;
  }
  return picture;
}

// Those that Pillow has packed lie in tests/golden.
TiffFile tiff_of(int bits, uint32_t photometric) {
  TiffFile file = {.bits = bits, .samples = photometric == 2 ? 3 : 1, .photometric = photometric};
  file.value = [=](int y, int x, int sample) {
    return uint32_t(y * 37 + x * 11 + sample) & ((1u << bits) - 1);
  };
  return file;
}

void write_tiffs(const fs::path& folder) {
  write_file(folder / "white.tif", tiff_of(1, 0).bytes());
  TiffFile tiles = tiff_of(16, 2);
  tiles.little = false;
  tiles.planes = true;
  tiles.rows = tiles.columns = 16;
  write_file(folder / "tiles.tif", tiles.bytes());
  TiffFile palette = tiff_of(4, 3);
  palette.fields[320] = {3, std::vector<uint32_t>(3 << 4, 300)};
  write_file(folder / "palette.tif", palette.bytes());
  TiffFile alpha = tiff_of(8, 2);
  alpha.samples = 4;
  alpha.fields = {{274, {3, {6}}}, {338, {3, {1}}}};
  write_file(folder / "alpha.tif", alpha.bytes());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_seeds FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  fs::create_directories(folder / "model_file");
  fs::create_directories(folder / "picture");
  for (const Model& model : {plain(), every_kind()}) {
    write_model_file(folder / "model_file" / model.name,
                     {model, initial_weights(model, 1), {{"training", "{\"seed\":1}"}}});
  }
  for (const int channels : {1, 3}) {
    for (const int bit_depth : {8, 16}) {
      const std::string name = std::to_string(channels) + "_" + std::to_string(bit_depth);
      const Picture picture = picture_of(channels, bit_depth);
      write_file(folder / "picture" / (name + ".png"), encode_png(picture));
      write_file(folder / "picture" / (name + ".jpg"), encode_jpeg(picture));
    }
  }
  write_tiffs(folder / "picture");
}
