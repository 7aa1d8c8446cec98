// What the limpid command says to bad input and full disks: one sentence each, and nothing lost.
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

class CliRefusals : public TrainedCliTest {};

TEST_F(CliRefusals, RefusesBadInputInOneSentence) {
  write_sample("photo.png", 1);
  const std::string model = text_of(folder / "run/model.safetensors");
  write_file(folder / "cut.safetensors", std::string_view(model).substr(0, model.size() - 7));
  std::string altered = model;
  altered[20] ^= 0x10;
  write_file(folder / "altered.safetensors", std::string_view(altered));
  fs::create_directories(folder / "empty");
  const struct {
    Arguments arguments;
    int status;
    std::string words;
  } table[] = {
      {{}, 2, "a command is missing"},
      {{"denoize"}, 2, "'denoize'"},
      {{"denoise"}, 2, "IN is required"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--wrong"}, 2, "--wrong"},
      {{"denoise", "photo.png", "-o", "o.bmp", "--model", "run"}, 2, "o.bmp"},
      {{"denoise", "photo.png", "-o", "photo.png", "--model", "run"}, 2, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--memory", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--memory", "1K"}, 1, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "2"}, 2, "strength 2"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "0..2"}, 2, "noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "0.1.."}, 2, "0.1.."},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", ".3..0"}, 2, "weakest"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "bm3d"}, 2, "bm3d"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "nlm", "--model", "run"}, 2, "--method"},
      {{"denoise", "photo.png", "-o", "o.png", "--level", "0.1"}, 2, "--method"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "nlm", "--level", "2"}, 2, "--level"},
      {{"denoise", "photo.png", "-o", "o.png", "--views", "3"}, 2, "--views"},
      {{"denoise", "photo.png", "-o", "o.png", "--views", "2", "--method", "nlm"}, 2, "--views"},
      {{"grid", "data", "-o", "g.txt", "--engine", "cpu", "--method", "nlm"}, 2, "--method"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--amount", "2"}, 2, "--amount"},
      {{"evaluate", "data", "--method", "nlm"}, 2, "give --noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise-kind", "x"}, 2, "x"},
      {{"denoise", "photo.png", "-o", "o.png", "--seed", "2"}, 2, "requires --noise"},
      {{"maps", "photo.png", "-o", "o", "--noise-kind", "camera"}, 2, "requires --noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--engine", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--engine", "cuda"}, 1, "cuda"},
      {{"denoise", "absent.png", "-o", "o.png", "--model", "run"}, 1, "absent.png"},
      {{"denoise", "tiny.json", "-o", "o.png", "--model", "run"}, 1, "tiny.json"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "absent"}, 1, "absent"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "article"}, 1, "without weights"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "photo.png"}, 1, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "cut.safetensors"}, 1, "cut.safe"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "altered.safetensors"}, 1, "altered"},
      {{"denoise", "empty", "-o", "o", "--model", "run"}, 1, "empty"},
      {{"denoise", "data", "-o", "data", "--model", "run"}, 2, "data"},
      {{"denoise", "data", "-o", "data/new", "--model", "run"}, 2, "data/new"},
      {{"denoise", "data", "-o", "photo.png", "--model", "run"}, 2, "photo.png"},
      {{"denoise", "photo.png", "-o", "/proc/o.png", "--model", "run"}, 1, "/proc/o.png"},
      {{"train", "data", "-o", "/proc/run"}, 1, "/proc/run"},
      {{"train", "empty", "-o", "r"}, 1, "empty"},
      {{"train", "absent", "-o", "r"}, 1, "absent"},
      {{"train", "data", "-o", "run"}, 1, "run: the folder is not empty"},
      {{"train", "-o", "r"}, 2, "DATA"},
      {{"train", "--resume", "-o", "r"}, 1, "r: there is no training"},
      {{"train", "--resume", "-o", "run", "--batch", "5"}, 2, "batch is 5, was 4"},
      {{"train", "--resume", "-o", "run", "--size", "8"}, 2, "size is 8, was 16"},
      {{"train", "data", "-o", "r", "--size", "70000"}, 2, "--size"},
      {{"train", "data", "-o", "r", "--size", "17"}, 1, "17"},
      {{"train", "data", "-o", "r", "--epochs", "0"}, 2, "epochs"},
      {{"train", "data", "-o", "r", "--batch", "99999999999"}, 2, "--batch"},
      {{"train", "--resume", "-o", "run", "--batch", "010"}, 2, "batch is 10, was 4"},
      {{"train", "data", "-o", "r", "--crop", "0x10"}, 2, "--crop"},
      {{"train", "data", "-o", "r", "--loss", "l3"}, 2, "--loss: "},
      {{"train", "data", "-o", "r", "--optimizer", "lion"}, 2, "--optimizer: "},
      {{"train", "data", "-o", "r", "--schedule", "steps"}, 2, "--schedule: "},
      {{"pack", "run", "-o", "run/checkpoint.safetensors"}, 2, "the training there"},
      {{"denoise", "photo.png", "-o", "o.png", "--reference", ""}, 2, "--reference: it is empty"},
      {{"maps", "--layer", "none", "photo.png", "-o", "o", "--model", "run"}, 2, "has the layers"},
      {{"train", "data", "-o", "r", "--test-size", "1"}, 2, "--test-size"},
      {{"train", "data", "-o", "r", "--memory", "1K", "--model", "tiny.json"}, 1, "only 1024 are"},
      {{"train", "data", "-o", "r", "--model", "camera"}, 1, "models/camera.safetensors"},
      {{"train", "data", "-o", "r", "--momentum", "0.5"}, 2, "--momentum is for --optimizer sgd"},
      {{"train", "data", "-o", "r", "--crop", "65537"}, 2, "crop 65537 is not in 0..65536"},
      {{"train", "data", "-o", "r", "--plateau-patience", "2"}, 2, "is for --schedule plateau"},
      {{"train", "data", "-o", "r", "--no-clip", "--no-clip-share", "0.1"},
       2,
       "no --no-clip-share"},
      {{"train", "data", "-o", "r", "--no-clip", "--jpeg-share", "0.1"}, 2, "so no --no-clip"},
      {{"denoise", "data", "-o", "-"}, 2, "not to standard output"},
      {{"denoise", "data", "-o", "n", "--noise", "0.1", "--save-noisy", "n"}, 2, "both name n/"},
      {{"summary", "photo.png"}, 1, "photo.png"},
      {{"summary", "--size", "255"}, 2, "multiples of 4, not 255 x 255"},
      {{"bench", "--size", "255"}, 2, "multiples of 4, not 255 x 255"},
      {{"evaluate", "data", "--model", "absent"}, 1, "absent"},
      {{"grid", "data", "--model", "run", "-o", "g.txt"}, 2, "g.txt"},
      {{"maps", "photo.png", "-o", "o", "--model", "run", "--layer", "none"}, 2, "has the layers"},
      {{"maps", "absent.png", "-o", "o", "--model", "run"}, 1, "absent.png"},
      {{"noise", "photo.png", "-o", "photo.png"}, 2, "photo.png"},
      {{"grid", "data", "--count", "1", "--model", "run", "-o", "data/7.png"}, 2, "data/7.png"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(testing::PrintToString(row.arguments));
    expect_message(limpid(row.arguments), row.status, row.words);
  }
  for (const std::string left : {"o.png", "o", "r", "g.txt", "data/new"}) {
    EXPECT_FALSE(fs::exists(folder / left)) << left;
  }
}

TEST_F(CliRefusals, AFullDiskLeavesNothingHalfWritten) {
  write_sample("photo.png", 1, 64);
  write_sample("clean.png", 2);
  const std::string before = text_of(folder / "clean.png");
  expect_message(
      with_files_up_to(500, {"denoise", "photo.png", "-o", "clean.png", "--model", "run"}), 1,
      "clean.png");
  EXPECT_EQ(text_of(folder / "clean.png"), before);
  const Outcome training_failed = with_files_up_to(500, training("run2"));
  EXPECT_EQ(training_failed.status, 1);
  EXPECT_NE(training_failed.err.find("limpid: cannot write run2/model.safetensors: "),
            std::string::npos)
      << training_failed.err;
  EXPECT_FALSE(fs::exists(folder / "run2"));
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

// One result that cannot be written may have its own reason; after the second of two the others are
// not even restored.
TEST_F(CliRefusals, OnAFullDiskAFolderStopsAndGoesOn) {
  for (const char* name : {"0.png", "2.png"}) write_sample(std::string("many/") + name, 1, 4);
  for (const char* name : {"1.png", "3.png", "4.png", "5.png", "6.png"}) {
    write_sample(std::string("many/") + name, 2, 64);
  }
  const Arguments denoise = {"denoise", "many", "-o", "o", "--model", "run", "--skip-existing"};
  const Outcome full = with_files_up_to(300, denoise);
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("limpid: stopped, as no more results can be written: 2 of 7 pictures are "
                          "written; --skip-existing goes on with the others\n"),
            std::string::npos)
      << full.err;
  for (const char* name : {"1.png", "3.png", "4.png"}) {
    EXPECT_NE(full.err.find(std::string("o/") + name), std::string::npos) << name << full.err;
  }
  EXPECT_EQ(full.err.find("o/5.png"), std::string::npos) << full.err;
  const Outcome outcome = limpid(denoise);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("2 of 7 pictures were there already"), std::string::npos)
      << outcome.err;
}

TEST_F(CliRefusals, AFullStandardOutputIsAnError) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!std::freopen("/dev/full", "w", stdout) || !std::freopen(err_file.c_str(), "w", stderr)) {
      ::_exit(99);
    }
    ::execl(binary(), "limpid", "summary", nullptr);
    ::_exit(99);
  }
  write_file(out_file, std::string_view());
  expect_message(wait(child), 1, "standard output");
}

TEST_F(CliRefusals, AwkwardPicturesGetOneSentenceEach) {
  const char* const shared = std::getenv("LIMPID_SHARED_DATA");
  const fs::path awkward = fs::path(shared ? shared : "") / "awkward/files";
  if (!fs::exists(awkward)) GTEST_SKIP() << "NOT TESTED: no " << awkward;
  size_t restored = 0, refused = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(awkward)) {
    const Outcome outcome =
        limpid({"denoise", "-o", "o.png", "--model", "run", "--", entry.path()});
    if (outcome.status == 0) {
      ++restored;
      EXPECT_GT(read_picture(folder / "o.png").color.count(), 0u);
    } else {
      ++refused;
      expect_message(outcome, 1, entry.path().filename());
    }
    fs::remove(folder / "o.png");
  }
  EXPECT_GE(restored, 26u);  // those its README calls valid
  EXPECT_GE(refused, 11u);   // invalid and huge
}
}  // namespace
}  // namespace limpid
