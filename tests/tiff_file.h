// Small uncompressed TIFF files of any kind, for what Pillow does not write.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace limpid {

struct TiffFile {
  using Bytes = std::vector<uint8_t>;
  struct Field {
    int type = 3;  // 1 a byte, 3 of two bytes, 4 of four, 5 a fraction of two of these
    std::vector<uint32_t> values;
  };

  bool little = true;
  int height = 6;
  int width = 10;
  int bits = 8;
  int samples = 1;
  uint32_t photometric = 1;  // 0 gray from white, 1 gray, 2 red-green-blue, 3 palette
  bool planes = false;       // one for each sample
  int rows = 4;              // of a strip, or of a tile
  int columns = 0;           // of a tile; 0: strips
  // Beside and instead of those that follow from the above; one without values is left out.
  std::map<uint32_t, Field> fields = {};
  std::function<uint32_t(int y, int x, int sample)> value = {};

  Bytes bytes() const {
    Bytes file;
    append(file, little ? 0x4949 : 0x4D4D, 2);
    append(file, 42, 2);
    append(file, 0, 4);
    std::map<uint32_t, Field> all = {{256, {3, {uint32_t(width)}}},
                                     {257, {3, {uint32_t(height)}}},
                                     {258, {3, std::vector(size_t(samples), uint32_t(bits))}},
                                     {259, {3, {1}}},
                                     {262, {3, {photometric}}},
                                     {277, {3, {uint32_t(samples)}}},
                                     {284, {3, {planes ? 2u : 1u}}}};
    add_blocks(file, all);
    for (const auto& [tag, field] : fields) all[tag] = field;
    std::erase_if(all, [](const auto& item) { return item.second.values.empty(); });
    add_directory(file, all);
    return file;
  }

 private:
  static int bytes_of(int type) { return type == 1 ? 1 : type == 3 ? 2 : 4; }

  void append(Bytes& file, uint32_t number, int count) const {
    for (int i = 0; i < count; ++i) {
      file.push_back(uint8_t(number >> 8 * (little ? i : count - 1 - i)));
    }
  }

  void add_blocks(Bytes& file, std::map<uint32_t, Field>& all) const {
    const int across = columns > 0 ? columns : width;
    Field offsets = {4, {}}, sizes = {4, {}};
    for (int plane = 0; plane < (planes ? samples : 1); ++plane) {
      for (int top = 0; top < height; top += rows) {
        for (int left = 0; left < width; left += across) {
          offsets.values.push_back(uint32_t(file.size()));
          const int count = columns > 0 ? rows : std::min(rows, height - top);
          for (int y = top; y < top + count; ++y) add_row(file, y, left, plane);
          sizes.values.push_back(uint32_t(file.size()) - offsets.values.back());
        }
      }
    }
    if (columns > 0) {
      all[322] = {3, {uint32_t(columns)}};
      all[323] = {3, {uint32_t(rows)}};
    } else {
      all[278] = {3, {uint32_t(rows)}};
    }
    all[columns > 0 ? 324 : 273] = offsets;
    all[columns > 0 ? 325 : 279] = sizes;
  }

  // Of a block; what lies outside the picture is 0.
  void add_row(Bytes& file, int y, int left, int plane) const {
    uint32_t packed = 0;
    int filled = 0;
    for (int x = left; x < left + (columns > 0 ? columns : width); ++x) {
      for (int s = planes ? plane : 0; s < (planes ? plane + 1 : samples); ++s) {
        const uint32_t step = y < height && x < width ? value(y, x, s) : 0;
        if (bits >= 8) {
          append(file, step, bits / 8);
          continue;
        }
        packed = packed << bits | step;
        filled += bits;
        if (filled == 8) file.push_back(uint8_t(packed));
        if (filled == 8) packed = uint32_t(filled = 0);
      }
    }
    if (filled > 0) file.push_back(uint8_t(packed << (8 - filled)));
  }

  void add_directory(Bytes& file, const std::map<uint32_t, Field>& all) const {
    std::map<uint32_t, uint32_t> places;
    for (const auto& [tag, field] : all) {
      if (field.values.size() * size_t(bytes_of(field.type)) <= 4) continue;
      if (file.size() % 2 == 1) file.push_back(0);
      places[tag] = uint32_t(file.size());
      for (const uint32_t number : field.values) append(file, number, bytes_of(field.type));
    }
    if (file.size() % 2 == 1) file.push_back(0);
    Bytes start;
    append(start, uint32_t(file.size()), 4);
    std::copy(start.begin(), start.end(), file.begin() + 4);
    append(file, uint32_t(all.size()), 2);
    for (const auto& [tag, field] : all) {
      append(file, tag, 2);
      append(file, uint32_t(field.type), 2);
      append(file, uint32_t(field.values.size() / (field.type == 5 ? 2 : 1)), 4);
      const size_t end = file.size() + 4;
      if (places.count(tag)) {
        append(file, places.at(tag), 4);
      } else {
        for (const uint32_t number : field.values) append(file, number, bytes_of(field.type));
      }
      file.resize(end);
    }
    append(file, 0, 4);  // no further page
  }
};

}  // namespace limpid
