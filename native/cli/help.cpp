#include "native/cli/help.h"

#include <sstream>

namespace limpid {

namespace {

constexpr size_t text_column = 32;
constexpr size_t line_width = 100;

// A name and the words that explain it, which begin in the text column.
std::string entry(const std::string& name, const std::string& text) {
  std::string result, line = "  " + name;
  if (line.size() + 2 > text_column) {
    result = line + "\n";
    line.clear();
  }
  line.resize(text_column, ' ');
  bool first = true;
  std::istringstream words(text);
  for (std::string word; words >> word; first = false) {
    if (!first && line.size() + 1 + word.size() > line_width) {
      result += line + "\n";
      line.assign(text_column, ' ');
      first = true;
    }
    if (!first) line += ' ';
    line += word;
  }
  return result + line + "\n";
}

// CLI11 adds what it checks to the unit, after a colon.
std::string unit_of(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";  // a flag
  const std::string name = option.get_type_name();
  return " " + name.substr(0, name.find(':'));
}

}  // namespace

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  const std::string text = command->get_description();
  return entry(command->get_name(), text.substr(0, text.find('\n')));
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  const std::string name =
      is_positional ? option->get_name(true) : option->get_name(false, true) + unit_of(*option);
  std::string text = option->get_description();
  if (!option->get_default_str().empty()) text += " (" + option->get_default_str() + ")";
  if (option->get_required()) text += " (required)";
  return entry(name, text);
}

}  // namespace limpid
