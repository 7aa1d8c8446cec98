#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/model/safetensors.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

Safetensors example() {
  return {{{"b.kernel", {2, 1, 3}, {1, -2, 3.5f, 1e-42f, -0.0f, 3e38f}},
           {"a.bias", {}, {7}},
           {"ä \"quoted\"", {1, 2}, {0.1f, 0.2f}}},
          {{"model", "{\"a\": [1]}\n"}, {"é", ""}}};
}

std::vector<uint8_t> encode(const Safetensors& content) {
  std::vector<NamedTensor> tensors;
  for (const Tensor& tensor : content.tensors) tensors.push_back({tensor.name, &tensor});
  return encode_safetensors(tensors, content.metadata, "f");
}

// A file by hand: the header's text and how many bytes of zeros follow.
std::vector<uint8_t> file_of(const std::string& header, size_t zeros) {
  std::vector<uint8_t> bytes(8 + header.size() + zeros);
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

std::string message_of(std::span<const uint8_t> bytes) {
  try {
    decode_safetensors(bytes, "f");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string entry(const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "\"F32\"") {
  return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(Safetensors, ReadsBackTheSameBits) {
  const std::vector<uint8_t> bytes = encode(example());
  const Safetensors read = decode_safetensors(bytes, "f");
  EXPECT_EQ(read.tensors, example().tensors);
  EXPECT_EQ(read.metadata, example().metadata);
  EXPECT_TRUE(std::signbit(read.tensors[0].data[4]));
  EXPECT_EQ(encode(read), bytes);
}

TEST(Safetensors, WritesTheFormat) {
  Safetensors content = {{{"a", {2, 1}, {1, -2}}, {"b", {1}, {0.5f}}}, {{"k", "v"}}};
  std::string header = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],)"
                       R"("data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],)"
                       R"("data_offsets":[8,12]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::vector<uint8_t> expected = file_of(header, 0);
  for (const uint8_t byte : {0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F}) {
    expected.push_back(byte);
  }
  EXPECT_EQ(encode(content), expected);
  content = {};
  EXPECT_EQ(encode(content), file_of("{}      ", 0));
}

TEST(Safetensors, StoresHalves) {
  const Tensor tensor{"a", {3}, {1, -0.333251953125f, 0.1f}};
  const std::vector<uint8_t> bytes = encode_safetensors({{"a", &tensor}}, {}, "f", Storage::f16);
  std::string header = R"({"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::vector<uint8_t> expected = file_of(header, 0);
  for (const uint8_t byte : {0, 0x3C, 0x55, 0xB5, 0x66, 0x2E}) expected.push_back(byte);
  EXPECT_EQ(bytes, expected);
  const std::vector<float> read = decode_safetensors(bytes, "f").tensors[0].data;
  EXPECT_EQ(read, (std::vector<float>{1, -0.333251953125f, 0.0999755859375f}));
  const Tensor large{"a", {1}, {65520}};
  try {
    encode_safetensors({{"a", &large}}, {}, "f", Storage::f16);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "f: tensor 'a' has the value 65520.000000, which 16 bits cannot hold");
  }
}

TEST(Safetensors, ReadsTheUpperHalvesOfFloats) {
  std::vector<uint8_t> bytes = file_of("{\"a\":" + entry("[2]", "[0,4]", "\"BF16\"") + "}", 0);
  for (const uint8_t byte : {0x80, 0x3F, 0x20, 0xC1}) bytes.push_back(byte);
  EXPECT_EQ(decode_safetensors(bytes, "f").tensors[0].data, (std::vector<float>{1, -10}));
}

TEST(Safetensors, OrderIsThatOfTheNumbers) {
  const Safetensors read = decode_safetensors(
      file_of("{\"a\":" + entry("[1]", "[4,8]") + ",\"b\":" + entry("[1]", "[0,4]") + "}", 8), "f");
  EXPECT_EQ(read.tensors[0].name, "b");
  EXPECT_EQ(read.tensors[1].name, "a");
  EXPECT_TRUE(read.metadata.empty());
}

TEST(Safetensors, RefusesToWriteWhatIsNotFinite) {
  Safetensors content = example();
  content.tensors[2].data[1] = NAN;
  try {
    encode(content);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "f: tensor 'ä \"quoted\"' has a value that is not finite, number 2");
  }
}

TEST(Safetensors, TextThatIsNoUtf8IsMadeSo) {
  Safetensors content;
  content.metadata["path"] = "caf\xE9";
  EXPECT_EQ(decode_safetensors(encode(content), "f").metadata.at("path"), "caf\xEF\xBF\xBD");
}

TEST(Safetensors, RefusesBrokenHeaders) {
  EXPECT_EQ(message_of({}), "f: no safetensors file, it is only 0 bytes long");
  EXPECT_EQ(message_of(std::vector<uint8_t>(7)), "f: no safetensors file, it is only 7 bytes long");
  EXPECT_EQ(message_of(std::vector<uint8_t>(8)), "f: the header: no JSON at line 1, column 1");
  EXPECT_EQ(message_of(std::vector<uint8_t>(8, 0xFF)),
            "f: cut short or no safetensors file: the header of 18446744073709551615 bytes goes "
            "past the end at byte 8");
  std::vector<uint8_t> bytes = file_of("{}", 0);
  bytes[0] = 3;
  EXPECT_EQ(message_of(bytes),
            "f: cut short or no safetensors file: the header of 3 bytes goes "
            "past the end at byte 10");
  const size_t over = max_safetensors_header_bytes + 1;
  EXPECT_EQ(message_of(file_of(std::string(over, ' '), 0)),
            "f: the header of 67108865 bytes is over the limit of 67108864");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[]", "f: the header is no JSON object"},
      {"{\"a\":", "f: the header: no JSON at line 1, column 6"},
      {"{\"a\":[[[[1]]]]}", "f: the header: JSON is nested over 3 deep"},
      {"{\"a\":1,\"a\":2}", "f: the header: the name 'a' comes twice in one JSON object"},
      {"{\"__metadata__\":1}", "f: the header's __metadata__ is no JSON object"},
      {"{\"__metadata__\":{\"a\":1}}", "f: the metadata 'a' is no text"},
  };
  for (const auto& [header, message] : cases) {
    EXPECT_EQ(message_of(file_of(header, 0)), message) << header;
  }
}

TEST(Safetensors, RefusesBrokenTensors) {
  const std::string t = "f: tensor 't' ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"3", t + "has an entry in the header that is no JSON object"},
      {"{}", t + "lacks its dtype, shape or data_offsets in the header"},
      {R"({"dtype":"F32","shape":[2]})",
       t + "lacks its dtype, shape or data_offsets in the header"},
      {R"({"dtype":"F32","shape":[2],"offset":0})",
       t + "has an entry in the header with the unknown field 'offset'"},
      {R"({"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]})",
       "f: the header: the name 'shape' comes twice in one JSON object"},
      {entry("[2]", "[0,8]", "\"F64\""),
       t + "has dtype \"F64\"; \"F32\", \"F16\" and \"BF16\" are read"},
      {entry("[2]", "[0,8]", "32"), t + "has dtype 32; \"F32\", \"F16\" and \"BF16\" are read"},
      {entry("[2]", "[0,8]", "\"F16\""), t + "has 2 values by its shape [2], but 8 bytes"},
      {entry("2", "[0,8]"), t + "has a shape that is no list"},
      {entry("[2.0]", "[0,8]"), t + "has a shape with the side 2.0"},
      {entry("[-2]", "[0,8]"), t + "has a shape with the side -2"},
      {entry("[0]", "[0,8]"), t + "has a shape with the side 0"},
      {entry("[2147483648]", "[0,8]"), t + "has a shape with the side 2147483648"},
      {entry("[1,1,1,1,1,1,1,1,2]", "[0,8]"), "f: the header: a JSON array has over 8 elements"},
      {entry("[3]", "[0,8]"),
       t + "has more values by its shape [3] than the 2 that its bytes hold"},
      {entry("[2147483647,2147483647,2147483647,2147483647]", "[0,8]"),
       t + "has more values by its shape [2147483647,2147483647,2147483647,2147483647] than the 2 "
           "that its bytes hold"},
      {entry("[1]", "[0,8]"), t + "has 1 values by its shape [1], but 8 bytes"},
      {entry("[1]", "[0,7]"), t + "has 1 values by its shape [1], but 7 bytes"},
      {entry("[1]", "[0,0]"),
       t + "has more values by its shape [1] than the 0 that its bytes hold"},
      {entry("[]", "[0,8]"), t + "has 1 values by its shape [], but 8 bytes"},
      {entry("[2]", "[0]"), t + "has data_offsets [0], not two byte counts"},
      {entry("[2]", "[0,8,8]"), t + "has data_offsets [0,8,8], not two byte counts"},
      {entry("[2]", "[-8,0]"), t + "has data_offsets [-8,0], not two byte counts"},
      {entry("[2]", "[0,8.0]"), t + "has data_offsets [0,8.0], not two byte counts"},
      {entry("[2]", "[8,0]"), t + "ends before it begins"},
      {entry("[2]", "[4,12]"),
       t + "goes up to byte 12 of the numbers, which end at byte 8: the file is cut short"},
      {entry("[2]", "[18446744073709551612,18446744073709551615]"),
       t + "goes up to byte 18446744073709551615 of the numbers, which end at byte 8: the file is "
           "cut short"},
      {entry("[1]", "[4,8]"), t + "leaves a gap before it at byte 0 of the numbers"},
      {entry("[1]", "[0,4]"), "f: 4 bytes at the end belong to no tensor"},
      {entry("[1]", "[0,4]") + ",\"u\":" + entry("[1]", "[0,4]"),
       "f: tensor 'u' overlaps the one before it at byte 0 of the numbers"},
      {entry("[2]", "[0,8]") + ",\"u\":" + entry("[1]", "[4,8]"),
       "f: tensor 'u' overlaps the one before it at byte 4 of the numbers"},
      {entry("[2]", "[0,8]") + ",\"\":" + entry("[1]", "[4,8]"),
       "f: a tensor's name has 0 bytes, not 1 to 512"},
      {entry("[2]", "[0,8]") + ",\"" + std::string(513, 'n') + "\":" + entry("[1]", "[4,8]"),
       "f: a tensor's name has 513 bytes, not 1 to 512"},
      {entry("[2]", "[0,8]"), ""},
  };
  for (const auto& [value, message] : cases) {
    EXPECT_EQ(message_of(file_of("{\"t\":" + value + "}", 8)), message) << value;
  }
}

TEST(Safetensors, RefusesValuesThatAreNotFinite) {
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    std::vector<uint8_t> bytes = encode(example());
    std::memcpy(bytes.data() + bytes.size() - 8, &bad, 4);
    EXPECT_EQ(message_of(bytes),
              "f: tensor 'ä \"quoted\"' has a value that is not finite, number 1");
  }
}

TEST(Safetensors, RefusesAbsurdCounts) {
  std::string header = "{";
  for (int i = 0; i <= 25'000; ++i) {
    header += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":{}";
  }
  EXPECT_EQ(message_of(file_of(header + "}", 0)),
            "f: the header: a JSON object has over 25000 members, at 't25000'");
}

TEST(Safetensors, EveryCutIsRefused) {
  const std::vector<uint8_t> bytes = encode(example());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(message_of(std::span(bytes).first(size)), "") << size;
  }
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(message_of(longer), "f: 1 bytes at the end belong to no tensor");
}

}  // namespace
}  // namespace limpid
