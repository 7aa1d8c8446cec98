// How --help looks: a line for each command, options with their unit and a text that wraps.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace limpid {

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace limpid
