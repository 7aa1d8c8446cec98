#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "core/data/split.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

TEST(Split, EqualsScikitLearns) {
  const auto cases = nlohmann::json::parse(std::ifstream(golden_folder() / "split.json"));
  EXPECT_GE(cases.size(), 10u);
  for (const auto& example : cases) {
    const Split split = train_test_split(example["n"], example["test_size"], example["seed"]);
    EXPECT_EQ(split.train, example["train"].get<std::vector<size_t>>()) << example["n"];
    EXPECT_EQ(split.test, example["test"].get<std::vector<size_t>>()) << example["n"];
  }
}

TEST(Split, RefusesWhatLeavesASideEmpty) {
  EXPECT_EQ(message_of([] { train_test_split(1, 0.25, 42); }),
            "split: of 1 picture none is left to train");
  EXPECT_EQ(message_of([] { train_test_split(3, 0.9, 42); }),
            "split: of 3 pictures none is left to train");
  for (const double size : {0.0, 1.0, -0.5, 2.0, double(NAN)}) {
    EXPECT_NE(message_of([&] { train_test_split(10, size, 42); }), "") << size;
  }
}

// `copies` pictures of each of `contents` kinds.
class Copies {
 public:
  Copies(int contents, int copies) {
    for (int i = 0; i < contents * copies; ++i) {
      folder_.add(std::to_string(i) + ".png", pattern(4 + i % contents, 4, 1));
    }
  }
  Dataset open() const { return Dataset({folder_.path()}, {.size = 0, .channels = 1}); }

 private:
  TemporaryFolder folder_;
};

// How many contents lie on both sides.
size_t straddling(const Dataset& dataset, const Split& split) {
  std::set<uint64_t> train, both;
  for (const size_t i : split.train) train.insert(dataset.content_hash(i));
  for (const size_t i : split.test) {
    if (train.count(dataset.content_hash(i))) both.insert(dataset.content_hash(i));
  }
  return both.size();
}

void expect_all_once(const Dataset& dataset, const Split& split) {
  std::vector<size_t> all = split.train;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), dataset.size());
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i);
}

TEST(Split, CountsContentsOnBothSides) {
  const Dataset dataset = Copies(8, 3).open();
  const Split plain = split(dataset, {});
  EXPECT_EQ(plain.test, train_test_split(24, 0.25, 42).test);
  EXPECT_EQ(plain.straddling_groups, straddling(dataset, plain));
  EXPECT_GT(plain.straddling_groups, 0u);
}

TEST(Split, KeepsDuplicatesTogetherWhenAsked) {
  const Dataset dataset = Copies(8, 3).open();
  for (const uint32_t seed : {1, 2, 3, 42}) {
    const Split grouped = split(dataset, {.seed = seed, .group_duplicates = true});
    expect_all_once(dataset, grouped);
    EXPECT_EQ(straddling(dataset, grouped), 0u);
    EXPECT_EQ(grouped.straddling_groups, 0u);
    EXPECT_EQ(grouped.test.size(), 6u);
  }
  EXPECT_NE(message_of([] { split(Copies(1, 4).open(), {.group_duplicates = true}); }), "");
}

TEST(Split, GroupingChangesNothingWhereNothingIsTwice) {
  const Dataset dataset = Copies(12, 1).open();
  const Split grouped = split(dataset, {.group_duplicates = true});
  const Split plain = split(dataset, {});
  EXPECT_EQ(grouped.train, plain.train);
  EXPECT_EQ(grouped.test, plain.test);
  EXPECT_EQ(plain.straddling_groups, 0u);
}

TEST(Split, WhatOnlyTestsIsTheTestSideWhateverIsAskedFor) {
  const TemporaryFolder folder;
  const auto even = [](int i) {
    Image image(4, 4, 3);
    std::ranges::fill(image.pixels, float(i) / 10);
    return image;
  };
  for (int i = 0; i < 6; ++i) folder.add("data/" + std::to_string(i) + ".png", even(i));
  folder.add("data/held/a.png", even(9));
  folder.add("data/held/b.png", even(3));
  const Dataset dataset({folder.path() / "data"}, {.tests = folder.path() / "data/held"});
  for (const bool grouped : {false, true}) {
    const Split given = split(dataset, {.test_size = 0.5, .group_duplicates = grouped});
    expect_all_once(dataset, given);
    ASSERT_EQ(given.test.size(), 2u);
    EXPECT_EQ(dataset.name(given.test[0]), "held/a.png");
    EXPECT_EQ(dataset.name(given.test[1]), "held/b.png");
    EXPECT_EQ(given.straddling_groups, 1u);
  }
  EXPECT_EQ(message_of([&] {
              split(Dataset({folder.path() / "data/held"}, {.tests = folder.path() / "data"}), {});
            }),
            "split: of 8 pictures none is left to train");
}

TEST(Split, HashTellsSplitsApart) {
  const Dataset dataset = Copies(12, 1).open();
  const Split one = split(dataset, {});
  EXPECT_EQ(split_hash(dataset, one).size(), 16u);
  EXPECT_EQ(split_hash(dataset, one), split_hash(dataset, split(dataset, {})));
  EXPECT_NE(split_hash(dataset, one), split_hash(dataset, split(dataset, {.seed = 43})));
  Split moved = one;
  moved.train.push_back(moved.test.back());
  moved.test.pop_back();
  EXPECT_NE(split_hash(dataset, one), split_hash(dataset, moved));
  moved = one;
  moved.train.push_back(moved.test.front());
  moved.test.erase(moved.test.begin());
  EXPECT_NE(split_hash(dataset, one), split_hash(dataset, moved));
  {
    const TemporaryFolder renamed;  // the same contents by other names
    for (size_t i = 0; i < 12; ++i) renamed.add("a " + dataset.name(i), dataset.picture(i));
    const Dataset same({renamed.path()}, dataset.settings());
    EXPECT_EQ(same.content_hash(7), dataset.content_hash(7));
    EXPECT_NE(split_hash(dataset, one), split_hash(same, one));
  }
  const auto hash_with = [&](int noisy) {  // each noisy picture is of one colour
    const TemporaryFolder folders;
    for (size_t i = 0; i < 12; ++i) {
      Image image = dataset.picture(i);
      folders.add("clean/" + dataset.name(i), image);
      std::fill(image.pixels.begin(), image.pixels.end(), float(noisy) / 255);
      folders.add("noisy/" + dataset.name(i), image);
    }
    DatasetSettings settings = dataset.settings();
    settings.noisy = folders.path() / "noisy";
    return split_hash(Dataset({folders.path() / "clean"}, settings), one);
  };
  EXPECT_EQ(hash_with(7), hash_with(7));
  EXPECT_NE(hash_with(7), hash_with(8));
  const Dataset other = Copies(11, 2).open();  // as many names and more, other contents
  EXPECT_NE(split_hash(dataset, one), split_hash(other, one));
}

// Groups of like files, as duplicates.tsv has them: those that have a byte-identical copy in it.
std::map<std::string, std::vector<std::string>> exact_groups(const fs::path& file) {
  std::map<std::string, std::vector<std::string>> groups;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);  // the columns' names
  while (std::getline(in, line)) {
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    if (line.substr(second + 1) != "exact") continue;
    groups[line.substr(0, first)].push_back(line.substr(first + 1, second - first - 1));
  }
  return groups;
}

TEST(Split, KnowsTheCopiesAmongTheBrainScans) {
  const fs::path folder = shared_data() / "brain_mri";
  if (!fs::exists(folder / "duplicates.tsv")) {
    GTEST_SKIP() << "NOT TESTED: set LIMPID_SHARED_DATA to the folder that holds brain_mri/";
  }
  const Dataset dataset({folder}, {.size = 16, .channels = 1});
  EXPECT_EQ(dataset.size(), 253u);
  std::map<std::string, uint64_t> hash_of;
  std::map<uint64_t, int> files_of;
  for (size_t i = 0; i < dataset.size(); ++i) {
    hash_of[dataset.name(i)] = dataset.content_hash(i);
    ++files_of[dataset.content_hash(i)];
  }
  EXPECT_EQ(std::count_if(files_of.begin(), files_of.end(),
                          [](const auto& content) { return content.second > 1; }),
            22);
  for (const auto& [group, names] : exact_groups(folder / "duplicates.tsv")) {
    for (const std::string& name : names) {
      ASSERT_TRUE(hash_of.count(name)) << name;
      const auto copies = std::count_if(names.begin(), names.end(), [&](const std::string& other) {
        return hash_of[other] == hash_of[name];
      });
      EXPECT_GT(copies, 1) << name;
      EXPECT_EQ(copies, files_of[hash_of[name]]) << name;
    }
  }
  const Split plain = split(dataset, {});
  EXPECT_EQ(plain.test, train_test_split(253, 0.25, 42).test);
  EXPECT_EQ(plain.straddling_groups, straddling(dataset, plain));
  EXPECT_GT(plain.straddling_groups, 0u);
  const Split grouped = split(dataset, {.group_duplicates = true});
  expect_all_once(dataset, grouped);
  EXPECT_EQ(straddling(dataset, grouped), 0u);
}

}  // namespace
}  // namespace limpid
