// The fences of the tree: who may include what, how files are called, how long they are.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace limpid {
namespace {

namespace fs = std::filesystem;

using Tree = std::map<std::string, std::string>;  // a file's text by its path from the root
using Faults = std::vector<std::string>;

bool starts_with(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](const std::string& start) { return starts_with(text, start); });
}

bool is_code(const std::string& path) {
  static const std::set<std::string> endings = {".cpp", ".h",  ".cu",   ".cuh", ".js",
                                                ".mjs", ".py", ".glsl", ".css"};
  return endings.count(fs::path(path).extension().string()) > 0;
}

bool is_cpp(const std::string& path) {
  static const std::set<std::string> endings = {".cpp", ".h", ".cu", ".cuh"};
  return endings.count(fs::path(path).extension().string()) > 0;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex pattern("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  std::vector<std::string> includes;
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (line.find("include") != std::string::npos && std::regex_search(line, match, pattern)) {
      includes.push_back(match[1]);
    }
  }
  return includes;
}

// The longest of `folders` that the path lies in, or nothing.
std::string folder_of(const std::string& path,
                      const std::map<std::string, std::vector<std::string>>& folders) {
  std::string found;
  for (const auto& [folder, rest] : folders) {
    if (starts_with(path, folder) && folder.size() > found.size()) found = folder;
  }
  return found;
}

// What a folder may include of our own, by the start of the path.
const std::map<std::string, std::vector<std::string>> directions = {
    {"core/chart/", {"core/chart/"}},
    {"core/image/", {"core/error.h", "core/image/"}},
    {"core/noise/",
     {"core/error.h", "core/names.h", "core/on_gpu_too.h", "core/image/", "core/noise/"}},
    {"core/classical/",
     {"core/error.h", "core/names.h", "core/image/", "core/noise/", "core/classical/"}},
    {"core/data/", {"core/error.h", "core/image/", "core/noise/", "core/data/"}},
    // whole files, pictures' shapes, random initial weights
    {"core/model/",
     {"core/error.h", "core/names.h", "core/image/batch.h", "core/image/file.h",
      "core/noise/philox.h", "core/model/"}},
    {"core/engine/",
     {"core/error.h", "core/names.h", "core/on_gpu_too.h", "core/image/batch.h",
      "core/image/raster.h", "core/noise/philox.h", "core/noise/sample.h", "core/model/",
      "core/engine/"}},
    {"core/train/",
     {"core/error.h", "core/names.h", "core/image/", "core/noise/", "core/data/", "core/model/",
      "core/engine/", "core/train/"}},
    {"core/",
     {"core/error.h", "core/image/", "core/noise/", "core/model/", "core/engine/", "core/denoise.h",
      "core/feature_maps.h", "core/tiling.h", "core/views.h"}},
    {"core/ui/", {"core/"}},
    {"native/cuda/",
     {"core/error.h", "core/image/", "core/noise/", "core/model/", "core/engine/", "native/cuda/"}},
    {"native/report/", {"core/", "native/report/"}},
    {"native/cli/",
     {"core/", "native/shipped_model.h", "native/report/", "native/cli/", "native/cuda/"}},
    {"native/desktop/",
     {"core/", "native/shipped_model.h", "native/report/", "native/desktop/", "native/cuda/"}},
    {"web/", {"core/", "web/"}},
};

// What one part of the tree alone may include of others.
struct Fence {
  std::regex header;
  std::vector<std::string> inside;
};

const std::vector<Fence> fences = {
    {std::regex("^xnnpack\\.h$"), {"core/engine/xnnpack"}},
    {std::regex("^pthreadpool\\.h$"), {"core/engine/thread_pool"}},
    {std::regex("^(cuda|cublas|cudnn|nvml|mma\\.h|cooperative_groups).*"), {"native/cuda/"}},
    {std::regex("^(imgui|SDL|GL/|GLES|glad|EGL/).*"),
     {"core/ui/", "native/desktop/", "web/", "tests/"}},
    {std::regex("^emscripten.*"), {"web/"}},
    {std::regex("^CLI/.*"), {"native/cli/"}},
    {std::regex("^zlib\\.h$"), {"core/image/png.cpp"}},
    {std::regex("^tiff.*\\.h$"), {"core/image/tiff.cpp"}},
    {std::regex("^webp/.*"), {"core/image/webp.cpp"}},
};

void check_includes(const std::string& path, const Tree& tree, Faults& faults) {
  const std::string folder = folder_of(path, directions);
  for (const std::string& include : includes_of(tree.at(path))) {
    for (const Fence& fence : fences) {
      if (std::regex_match(include, fence.header) && !starts_with_any(path, fence.inside)) {
        faults.push_back(path + " includes " + include + ", which is fenced");
      }
    }
    const bool is_ours = starts_with_any(include, {"core/", "native/", "web/", "tests/"});
    if (!is_ours) continue;
    if (!tree.count(include)) faults.push_back(path + " includes " + include + ", which is absent");
    if (!folder.empty() && !starts_with_any(include, directions.at(folder))) {
      faults.push_back(path + " includes " + include + " against the direction");
    }
  }
}

// Which OpenGL there is, the front end must ask; everything else differs by the file the build
// picks.
void check_host(const std::string& path, const std::string& text, Faults& faults) {
  if (starts_with_any(path, {"web/", "tests/"})) return;
  const std::vector<std::string> lines = lines_of(text);
  const auto asking = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("__EMSCRIPTEN__") != std::string::npos;
  });
  if (asking > (path == "core/ui/gl.h" ? 1 : 0)) faults.push_back(path + " asks for the host");
}

void check_name(const std::string& path, Faults& faults) {
  static const std::set<std::string> drawers = {"util", "utils",  "utility", "utilities", "common",
                                                "misc", "helper", "helpers", "manager",   "stuff"};
  for (const fs::path& part : fs::path(path)) {
    if (drawers.count(part.stem().string())) faults.push_back(path + " is a drawer for anything");
  }
}

// Columns as an editor counts them: of UTF-8 the bytes that begin a character.
size_t columns_of(const std::string& line) {
  return size_t(std::count_if(line.begin(), line.end(),
                              [](char byte) { return (uint8_t(byte) & 0xC0) != 0x80; }));
}

void check_length(const std::string& path, const std::string& text, Faults& faults) {
  const std::vector<std::string> lines = lines_of(text);
  if (lines.size() > 400) {
    faults.push_back(path + " has " + std::to_string(lines.size()) + " lines, over 400");
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (columns_of(lines[i]) > 100) {
      faults.push_back(path + ":" + std::to_string(i + 1) + " is wider than 100 columns");
    }
  }
}

// Files of core whose test has another name, and which.
const std::map<std::string, std::string> tested_elsewhere = {
    // parts of one reader, seen through decode_picture and encode_png
    {"jpeg", "picture"},
    {"picture_read", "picture"},
    {"picture_write", "picture"},
    {"png", "picture"},
    {"pnm", "picture"},
    {"source", "picture"},
    {"stb", "picture"},
    // part of the reader of TIFF files; how blocks like EXIF's are read
    {"tiff_pixels", "tiff"},
    {"tiff_directory", "exif"},
    // whether libwebp was there
    {"no_webp", "webp"},
    // the layers of one engine
    {"reference_layers", "reference"},
    // parts of another, seen through its networks
    {"batch_norm_step", "cpu"},
    {"convolution_step", "cpu"},
    {"cpu_network", "cpu"},
    {"cpu_program", "cpu"},
    {"cpu_step", "cpu"},
    // one of the ways behind make_convolution, or its absence
    {"no_xnnpack", "convolution"},
    {"xnnpack_convolution", "convolution"},
    // one of the two behind make_filter_gradient
    {"direct_filter_gradient", "filter_gradient"},
    // what the worker does, seen through its requests and events
    {"encodes", "restores"},
    {"opened_pictures", "worker"},
    {"worker_thread", "worker"},
    // the choice of an instruction set, one a machine
    {"vector_kernels_generic", "vector_kernels"},
    {"vector_kernels_x86", "vector_kernels"},
};

// Core draws what only a window shows: tests/window has it.
const std::set<std::string> seen_in_the_window = {"front_end", "theme", "widgets"};

void check_test(const std::string& path, const Tree& tree, Faults& faults) {
  if (!starts_with(path, "core/") || fs::path(path).extension() != ".cpp") return;
  if (starts_with_any(path, {"core/ui/panels/", "core/ui/viewer/"})) return;
  std::string noun = fs::path(path).stem().string();
  if (starts_with(path, "core/ui/") && seen_in_the_window.count(noun)) return;
  const auto other = tested_elsewhere.find(noun);
  if (other != tested_elsewhere.end()) noun = other->second;
  if (!tree.count("tests/test_" + noun + ".cpp")) {
    faults.push_back(path + " has no tests/test_" + noun + ".cpp");
  }
}

Faults faults_of(const Tree& tree) {
  Faults faults;
  for (const auto& [path, text] : tree) {
    check_name(path, faults);
    if (is_code(path)) check_length(path, text, faults);
    if (!is_cpp(path)) continue;
    check_includes(path, tree, faults);
    check_host(path, text, faults);
    check_test(path, tree, faults);
  }
  return faults;
}

Tree read_tree(const fs::path& root) {
  Tree tree;
  for (const char* folder : {"cmake", "core", "native", "shaders", "tests", "web"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = entry.path().lexically_relative(root).generic_string();
      std::ifstream in(entry.path(), std::ios::binary);
      std::string text;
      if (is_code(path)) text.assign(std::istreambuf_iterator<char>(in), {});
      tree[path] = text;
    }
  }
  return tree;
}

std::string joined(const Faults& faults) {
  std::string text;
  for (const std::string& fault : faults) text += fault + '\n';
  return text;
}

TEST(Layering, TheTreeKeepsItsFences) {
  const char* source = std::getenv("LIMPID_SOURCE");
  if (!source) GTEST_SKIP() << "NOT TESTED: set LIMPID_SOURCE to the repository's root";
  const Tree tree = read_tree(source);
  EXPECT_GT(tree.size(), 100u);
  EXPECT_TRUE(tree.count("core/denoise.h"));
  EXPECT_EQ(joined(faults_of(tree)), "");
}

Tree sound_tree() {
  return {{"core/error.h", ""},
          {"core/image/image.h", "#include <vector>\n"},
          {"core/image/image.cpp", "#include \"core/image/image.h\"\n"},
          {"core/noise/noise.h", "#include \"core/image/image.h\"\n"},
          {"core/engine/xnnpack_convolution.cpp", "#include <xnnpack.h>\n"},
          {"tests/test_image.cpp", "#include \"core/image/image.h\"\n"},
          {"tests/test_convolution.cpp", ""}};
}

TEST(Layering, ASoundTreeHasNoFault) { EXPECT_EQ(joined(faults_of(sound_tree())), ""); }

TEST(Layering, EachPlantedFaultIsFound) {
  const std::vector<std::array<std::string, 3>> plants = {
      {"core/image/a.h", "#include \"core/noise/noise.h\"\n", "against the direction"},
      {"core/noise/a.h", "  #  include \"core/data/dataset.h\"\n", "against the direction"},
      {"core/noise/a.h", "#include \"core/noise/absent.h\"\n", "which is absent"},
      {"core/model/a.h", "#include \"core/image/image.h\"\n", "against the direction"},
      {"core/a.h", "#include \"web/main.h\"\n", "against the direction"},
      {"native/cli/a.h", "#include \"native/desktop/main.h\"\n", "against the direction"},
      {"core/engine/cpu.h", "#include <xnnpack.h>\n", "fenced"},
      {"core/engine/xnnpack_a.h", "#include <pthreadpool.h>\n", "fenced"},
      {"core/engine/a.h", "#include <cuda_runtime.h>\n", "fenced"},
      {"core/image/a.h", "#include \"imgui.h\"\n", "fenced"},
      {"core/data/a.h", "#include <SDL2/SDL.h>\n", "fenced"},
      {"native/desktop/a.h", "#include <emscripten/emscripten.h>\n", "fenced"},
      {"core/ui/a.h", "#ifdef __EMSCRIPTEN__\n", "asks for the host"},
      {"core/ui/gl.h", "#ifdef __EMSCRIPTEN__\n#ifdef __EMSCRIPTEN__\n", "asks for the host"},
      {"core/noise/util.h", "", "drawer"},
      {"core/helpers/a.h", "", "drawer"},
      {"web/common.mjs", "", "drawer"},
      {"core/data/a.cpp", "", "has no tests/test_a.cpp"},
      {"native/cli/a.cpp", std::string(401, '\n'), "over 400"},
      {"web/a.mjs", "\n" + std::string(101, 'x') + "\n", ":2 is wider"},
  };
  for (const auto& [path, text, fault] : plants) {
    Tree tree = sound_tree();
    tree[path] = text;
    EXPECT_NE(joined(faults_of(tree)).find(fault), std::string::npos) << path << ": " << text;
  }
}

TEST(Layering, WidthIsCountedInCharacters) {
  Tree tree = sound_tree();
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "ж";
  tree["web/a.mjs"] = wide;
  tree["native/cli/a.cpp"] = std::string(400, '\n');
  EXPECT_EQ(joined(faults_of(tree)), "");
}

}  // namespace
}  // namespace limpid
